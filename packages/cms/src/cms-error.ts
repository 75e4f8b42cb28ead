/** Why a CMS message was refused. Stable; faces map it to their own texts. */
export type CmsErrorCode =
  /** Not a CMS EnvelopedData at all. */
  | 'not_cms'
  /** EnvelopedData whose structure breaks the rules of BER or RFC 5652. */
  | 'malformed'
  /** The bytes end before the message does. */
  | 'truncated'
  /** Deeper nesting than any real message has. */
  | 'too_deep'
  /** Larger header (recipients, attributes) than any real message has. */
  | 'too_large'
  /** An algorithm, or a kind of recipient, that is not supported; the text names it. */
  | 'unsupported_algorithm'
  /** None of the keys belongs to a recipient; the text names the serial numbers found. */
  | 'no_matching_recipient'
  /**
   * The content did not open: wrong key, changed key block or changed content. The three are not told apart, so that
   * nobody can use the answer to decrypt by trial (RFC 5652 section 12, RFC 3218).
   */
  | 'bad_key'
  /** A recipient certificate that cannot be used. */
  | 'bad_certificate';

/** A CMS message, key or certificate was refused; `code` says why. The text holds no content and nothing personal. */
export class CmsError extends Error {
  readonly code: CmsErrorCode;

  constructor(code: CmsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CmsError';
    this.code = code;
  }
}
