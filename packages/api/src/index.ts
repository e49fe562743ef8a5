// The admin API.
export { ApiRole } from './api.ts';
export { openApiDocument } from './openapi.ts';
