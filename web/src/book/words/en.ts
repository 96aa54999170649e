export { default as book } from '$messages/book/en.json';
export { default as ui } from '$messages/ui/en.json';
