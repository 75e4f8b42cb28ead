export { createDiskStore, type DiskStoreOptions } from './disk-store.ts';
export { StorageError } from './errors.ts';
export { freeBytes } from './free-bytes.ts';
export { type DataKey, type KeyRing, memoryKeyRing } from './key-ring.ts';
export { idOfObject, objectKey } from './object-key.ts';
export type { ByteRange, LocalCopy, ObjectStore, PutOptions, StoredObject } from './object-store.ts';
export {
  type KeyDatabase,
  type MasterKey,
  type MasterKeys,
  postgresKeyRing,
  rewrapDataKeys,
} from './postgres-key-ring.ts';
export type { S3ConnectionOptions } from './s3-client.ts';
export { createS3Store, type S3StoreOptions } from './s3-store.ts';
export { scopedStore, withoutScopes } from './scoped-store.ts';
export { openSealedFileSync, type SealedFile } from './sealed-file.ts';
export { type SweepOptions, sweepOrphans } from './sweep-orphans.ts';
export { type FindKnownObjects, type SweepScheduleOptions, sweepSchedule } from './sweep-schedule.ts';
export {
  type FaultyObject,
  MOST_FAULTS,
  type ObjectTable,
  type RoomObjects,
  type Verification,
  type VerifyFault,
  type VerifyProgress,
  verifyObjects,
} from './verify-objects.ts';
export { type ObjectFault, objectFault, watchedStore } from './watched-store.ts';
