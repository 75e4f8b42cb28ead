import type { InboxLetter } from '@grunnmur/post';

/**
 * The sender's first letters on the sender's colour. Colours are names of our own palette (styles/senders.css), each
 * with enough contrast in both schemes: a page has no style of a sender's making.
 */
export function SenderMark({ sender }: { sender: InboxLetter['avsender'] }) {
  return (
    <span className="gm-sender-mark" data-farge={sender.farge ?? 'standard'} aria-hidden="true">
      {initials(sender.navn)}
    </span>
  );
}

/** "Eksempel kommune" → "EK", "Skatteetaten" → "S". */
function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toLocaleUpperCase('nb'))
    .join('');
}
