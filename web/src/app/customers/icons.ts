// Strokes on a grid of 24, as those that every part of the product shows.
export const upload = 'M12 15V4M7.5 8.5L12 4l4.5 4.5M5 20h14';
export const phone = 'M6.5 4h3l1.3 4-2 1.4a11 11 0 0 0 5.8 5.8l1.4-2 4 1.3v3A1.8 1.8 0 0 1 18 19.3C11 18.9 5.1 13 4.7 6A1.8 1.8 0 0 1 6.5 4Z';
export const search = 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.3 15.3L20 20';
