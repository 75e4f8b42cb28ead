export { emit } from './emit.ts';
export { type EventFeedQuery, type EventPage, readEvents } from './read-events.ts';
export { defineSubscriptions, type Subscriptions } from './subscriptions.ts';
export type { DomainEvent, NewEvent, Subscription } from './types.ts';
