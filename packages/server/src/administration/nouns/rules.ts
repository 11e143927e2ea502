import type { Noun } from '../rows/noun.js';

export const RULES: Noun = {
  plural: 'rules',
  singular: 'rule',
  description: 'Rules of a tenant: which requests go to which plugin.',
  path: '/rules',
  nameMember: 'name',
  columns: [
    { head: 'id' },
    { head: 'name' },
    { head: 'state' },
    { head: 'weight' },
    { head: 'plugin', show: ({ pluginToken }) => pluginToken },
  ],
  writing: 'file',
};
