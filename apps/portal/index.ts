export { loginAddress, personReader } from './http/person-reader.ts';
export type { ContactStatus, PortalOidc, PortalOperator, PortalOptions } from './options.ts';
export { portalPlugin } from './portal-plugin.ts';
