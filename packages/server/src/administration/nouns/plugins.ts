import { readJsonOption } from '../rows/document.js';
import type { Field } from '../rows/field.js';
import type { Noun } from '../rows/noun.js';

const CONFIGURATION: Field = {
  flags: '--configuration <json>',
  member: 'configuration',
  description: 'all its settings: JSON text, @<file>, or - for standard input; what is absent has its default',
  resolve: (text) => readJsonOption('configuration', text),
};

const AUDIT: Field = {
  flags: '--audit <depth>',
  member: 'audit',
  choices: ['none', 'messages'],
  description: 'whether each call through it leaves an event',
};

export const PLUGINS: Noun = {
  plural: 'plugins',
  singular: 'plugin',
  description: 'Plugins of a tenant: what answers the requests of its devices.',
  path: '/plugins',
  nameMember: 'name',
  columns: [
    { head: 'id' },
    { head: 'name' },
    { head: 'type' },
    { head: 'token' },
    { head: 'state' },
    { head: 'failures', show: ({ failures }) => (failures as readonly unknown[]).length },
  ],
  writing: {
    create: [
      { flags: '--type <type>', member: 'type', isRequired: true, description: 'see "plugins types"' },
      {
        flags: '--token <token>',
        member: 'token',
        isRequired: true,
        description: 'what rules name it by, unique in the tenant; no secret',
      },
      CONFIGURATION,
      AUDIT,
      {
        flags: '--suspended',
        member: 'state',
        constant: 'SUSPENDED',
        description: 'make it, and keep it from working',
      },
      {
        flags: '--without-rule',
        member: 'rule',
        constant: false,
        description: 'do not make the rule that brings requests to it',
      },
    ],
    update: [CONFIGURATION, AUDIT],
    repeated: [],
  },
};
