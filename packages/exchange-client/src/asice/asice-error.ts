/** Why a container was refused. Stable; callers map it to their own texts. */
export type AsiceErrorCode =
  /** Not a ZIP, or a damaged one. */
  | 'not_a_container'
  /** The `mimetype` entry says something else than ASiC-E. */
  | 'wrong_mimetype'
  /** Entries are encrypted by the ZIP format, or packed by an unknown method. */
  | 'unsupported_entry'
  /** A name that could lead out of a folder, is empty, too long or has control characters. */
  | 'bad_name'
  /** Two entries of the same name. */
  | 'duplicate_name'
  | 'too_many_entries'
  /** The container, its unpacked content or one of its metadata files is larger than the limits. */
  | 'too_large'
  /** Unpacks to far more than any real content does. */
  | 'zip_bomb'
  /** A file under META-INF that no ASiC-E with CAdES has. */
  | 'unknown_metadata'
  /** The manifest is not XML, has a DTD, or breaks ETSI TS 102 918. */
  | 'bad_manifest'
  /** A digest algorithm or a signature algorithm that is not supported; the text names it. */
  | 'unsupported_algorithm'
  /** No signature over a manifest, or a signature of no manifest. */
  | 'missing_signature'
  /** The signature does not fit the manifest, or cannot be read. */
  | 'bad_signature'
  /** A file that no manifest has the digest of. */
  | 'unsigned_file'
  /** The manifest has a file that is not there. */
  | 'missing_file'
  /** A file was changed after it was signed. */
  | 'digest_mismatch'
  /** The signer's key or certificate cannot be used, or they are no pair. */
  | 'bad_signer'
  /** Nothing to put into the container. */
  | 'no_files';

/** A container was refused, or could not be made; `code` says why, `entry` which file (never in the text: names may be personal). */
export class AsiceError extends Error {
  readonly code: AsiceErrorCode;
  readonly entry: string | undefined;

  constructor(code: AsiceErrorCode, message: string, options?: ErrorOptions & { entry?: string }) {
    super(message, options);
    this.name = 'AsiceError';
    this.code = code;
    this.entry = options?.entry;
  }
}
