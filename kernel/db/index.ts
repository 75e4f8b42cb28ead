export {
  APP_ROLE,
  type Database,
  type DatabaseOptions,
  isRolledBack,
  openDatabase,
  type Trx,
  together,
  withSnapshot,
  withTransaction,
} from './database.ts';
export { type EmbeddedLogins, OWNER_ROLE, SERVER_ROLE } from './embedded-logins.ts';
export {
  CLUSTER_IN_USE,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded-postgres.ts';
export {
  commitError,
  createGroupCommit,
  type GroupCommit,
  type GroupCommitOptions,
  nothingCommitted,
  OutcomeUnknown,
  PartlyRefused,
} from './group-commit.ts';
export { type Listener, listenTo } from './listen.ts';
export { findLoginFaults, type LoginFault } from './login-faults.ts';
export { DATA_FORMER, DATA_NEWER, MigrationFault, type MigrationSource } from './migration-plan.ts';
export {
  KERNEL_MIGRATIONS,
  type MigrationResult,
  migrate,
  pendingMigrations,
} from './migrator.ts';
export { NO_BINARIES } from './postgres-binaries.ts';
export { type FoundPostgres, findEmbeddedPostgres } from './running-postgres.ts';
export {
  isForeignKeyViolation,
  isUniqueViolation,
  type Queryable,
  type Statements,
  statementsOf,
} from './statements.ts';
export { findUnstorable, isStorable, storableText, toJson } from './storable.ts';
