// What businesses' pages load to have a form for cards within them: as much of Stripe.js as Openchair uses.
(() => {
  const { origin } = new URL(document.currentScript.src);
  window.Stripe = (key, options = {}) => {
    if (!/^pk_(test|live)_/.test(key)) throw new Error('Please call Stripe() with your publishable key.');
    return {
      async createEmbeddedCheckoutPage({ fetchClientSecret, onComplete }) {
        const secret = await fetchClientSecret();
        if (!/^cs_[A-Za-z0-9_]+_secret_/.test(secret)) throw new Error(`Invalid client secret: ${secret}`);
        const frame = document.createElement('iframe');
        const about = new URLSearchParams({ key, account: options.stripeAccount ?? '' });
        frame.src = `${origin}/embed/${secret}?${about}`;
        frame.title = 'Checkout';
        frame.allow = 'payment *';
        Object.assign(frame.style, { border: '0', width: '100%', height: '600px' });
        const heard = ({ source, origin: from, data }) => {
          if (source !== frame.contentWindow || from !== origin) return;
          if (data.complete) onComplete?.();
          if (data.height) frame.style.height = `${data.height}px`;
        };
        const unmount = () => {
          removeEventListener('message', heard);
          frame.remove();
        };
        const mount = (where) => {
          const into = typeof where === 'string' ? document.querySelector(where) : where;
          if (!into) throw new Error('There is nothing to mount Checkout on.');
          addEventListener('message', heard);
          into.append(frame);
        };
        return { mount, unmount, destroy: unmount };
      },
    };
  };
})();
