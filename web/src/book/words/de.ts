export { default as book } from '$messages/book/de.json';
export { default as ui } from '$messages/ui/de.json';
