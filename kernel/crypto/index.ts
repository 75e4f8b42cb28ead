export {
  CmsError,
  type CmsErrorCode,
  type DecryptionKey,
  decryptCms,
  decryptCmsLate,
  type EncryptCmsOptions,
  encryptCms,
  type LateDecryption,
} from '@grunnmur/cms';
export { type CertificateInfo, certificateInfo } from './certificate-info.ts';
export { certificatesIn } from './certificates-in.ts';
export { cmsDetail } from './cms-detail.ts';
export { generateSecret, hashSecret, randomToken, verifySecret } from './secrets.ts';
export { createSelfSigned, type SelfSigned, type SelfSignedOptions } from './self-signed.ts';
export { createServerIdentity, type ServerIdentity } from './server-identity.ts';
export { UnwrapError, unwrapSecret, wrapSecret } from './wrap-secret.ts';
