export { CmsError, type CmsErrorCode } from './cms-error.ts';
export { decryptCms, decryptCmsLate, type LateDecryption } from './decrypt-cms.ts';
export { type EncryptCmsOptions, encryptCms } from './encrypt-cms.ts';
export type { DecryptionKey } from './unwrap-key.ts';
