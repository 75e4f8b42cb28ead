/**
 * Nothing is asked of this room by name. What Fiks IO needs of it, room for payloads over the threshold, it gives `exchange`
 * when it is built, through the port that `exchange`'s contract has for it (`Documents`).
 */
export type { Documents } from '@grunnmur/exchange';
