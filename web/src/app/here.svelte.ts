/** Where in the staff pages one is: what the address says for the segments of the page's path. */
class Here {
  params = $state.raw<Record<string, string>>({});

  param(name: string): string {
    return this.params[name] ?? '';
  }
}

export const here = new Here();
