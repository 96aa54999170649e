export { default as book } from '$messages/book/es.json';
export { default as ui } from '$messages/ui/es.json';
