export { audit } from './audit.ts';
export { type AuditPage, auditForPerson, type PersonAuditQuery } from './audit-for-person.ts';
export type { AuditEntry, AuditEntryForPerson } from './types.ts';
export {
  type AuditBreak,
  type AuditBreakReason,
  type AuditHead,
  type AuditVerification,
  type VerifyOptions,
  verifyAudit,
} from './verify-audit.ts';
