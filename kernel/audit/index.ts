export { audit } from './audit.ts';
export {
  type AuditMatter,
  auditChoicesForPerson,
  auditMattersForPerson,
  type MatterPage,
  type MatterQuery,
} from './matters-for-person.ts';
export type { AuditEntry, AuditEntryForPerson } from './types.ts';
export {
  type AuditBreak,
  type AuditBreakReason,
  type AuditHead,
  type AuditVerification,
  type VerifyOptions,
  verifyAudit,
} from './verify-audit.ts';
