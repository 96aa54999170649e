export { default as book } from '$messages/book/fr.json';
export { default as ui } from '$messages/ui/fr.json';
