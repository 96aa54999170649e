// The service worker that shows businesses' notes to their customers. It is no page's: it answers no requests
// and keeps nothing.
import { noteOf } from './note';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('push', (event) => {
  const { title, options } = noteOf(event.data?.text(), self.location.origin);
  event.waitUntil(self.registration.showNotification(title, options as NotificationOptions));
});
// Always a page of its own: one that is open already shows how things stood before.
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(String(event.notification.data)));
});
