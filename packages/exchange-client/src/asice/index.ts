export { AsiceError, type AsiceErrorCode } from './asice-error.ts';
export { mimeTypeOf } from './mime-types.ts';
export {
  type AsiceContainer,
  type AsiceEntry,
  openAsice,
  type ReadAsiceOptions,
  readAsice,
} from './read-asice.ts';
export { type AsiceSigner, type PreparedSigner, prepareSigner } from './signer.ts';
export type { ContainerSigner } from './verify-signature.ts';
export { type AsiceFile, type WriteAsiceOptions, writeAsice, writeAsiceWith } from './write-asice.ts';
