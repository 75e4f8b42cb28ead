export { type CertificateInfo, certificateInfo } from './certificate-info.ts';
export { CmsError, type CmsErrorCode } from './cms/cms-error.ts';
export { decryptCms } from './cms/decrypt-cms.ts';
export { type EncryptCmsOptions, encryptCms } from './cms/encrypt-cms.ts';
export type { DecryptionKey } from './cms/unwrap-key.ts';
export { generateSecret, hashSecret, randomToken, verifySecret } from './secrets.ts';
export { createSelfSigned, type SelfSigned, type SelfSignedOptions } from './self-signed.ts';
export { UnwrapError, unwrapSecret, wrapSecret } from './wrap-secret.ts';
