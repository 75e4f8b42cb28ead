export { generateSecret, hashSecret, randomToken, verifySecret } from './secrets.ts';
export { UnwrapError, unwrapSecret, wrapSecret } from './wrap-secret.ts';
