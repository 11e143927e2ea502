export const PAGE_POLICY = '';
export function documentationPage(_document: unknown): string {
  return '';
}
