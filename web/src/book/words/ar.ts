export { default as book } from '$messages/book/ar.json';
export { default as ui } from '$messages/ui/ar.json';
