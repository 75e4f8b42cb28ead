export type { PortalOidc, PortalOperator, PortalOptions } from './options.ts';
export { portalPlugin } from './portal-plugin.ts';
