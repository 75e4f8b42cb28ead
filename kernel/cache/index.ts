export {
  createShortCaches,
  FRESHNESS_MS,
  type Loaded,
  type ShortCache,
  type ShortCaches,
} from './short-caches.ts';
