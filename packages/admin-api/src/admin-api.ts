import fastifySwagger from '@fastify/swagger';
import type { FastifyPluginAsync } from 'fastify';
import type { AdminApiOptions } from './admin-api-options.js';
import type { AdminContext } from './admin-context.js';
import { completeAdminLimits } from './admin-limits.js';
import { AuditLog } from './audit/audit-log.js';
import { AccessTokens } from './auth/access-tokens.js';
import { Authenticator } from './auth/authenticator.js';
import { LoginLimiter } from './auth/login-limiter.js';
import { Logins } from './auth/logins.js';
import { PasswordHasher } from './auth/password-hasher.js';
import { SigningKeys } from './auth/signing-keys.js';
import { addDocumentation, OPENAPI } from './docs/documentation.js';
import { addOperations } from './http/add-operations.js';
import { takeJsonBodies } from './http/json-bodies.js';
import { KeyedLock } from './http/keyed-lock.js';
import { giveRequestIds } from './http/request-ids.js';
import { logRequests } from './http/request-log.js';
import { compileSchema } from './http/schema-compiler.js';
import { answerProblems } from './problem/problem-answers.js';
import { operationsOf } from './routes/operations.js';

/** Where the API lives on its port. */
const PREFIX = '/api';

/**
 * The admin API as a fastify plugin: everything below `/api` that is not the device API, problems and unknown paths
 * included. It trusts `request.ip`: whether a proxy's word is taken is the server's own setting.
 */
export function adminApi(options: AdminApiOptions): FastifyPluginAsync {
  const { accounts, clock, logger } = options;
  const limits = completeAdminLimits(options.limits);
  const audit = new AuditLog(options.events, clock);
  const hasher = new PasswordHasher();
  const tokens = new AccessTokens(new SigningKeys(accounts, clock), clock, limits.accessTokenMs);
  const limiter = new LoginLimiter(limits, clock);
  const logins = new Logins({ accounts, tokens, hasher, limiter, audit, clock, limits });
  const context: AdminContext = { ...options, limits, audit, logins, hasher, locks: new KeyedLock() };

  return async (root) => {
    await root.register(
      async (app) => {
        giveRequestIds(app);
        logRequests(app, logger);
        answerProblems(app, logger);
        takeJsonBodies(app);
        app.setValidatorCompiler(compileSchema);
        // Views are made member by member; a second filter would hide what they forget.
        app.setSerializerCompiler(() => (value) => JSON.stringify(value));
        await app.register(fastifySwagger, { openapi: OPENAPI });
        const operations = operationsOf(context);
        addDocumentation(app, operations);
        addOperations(app, operations, new Authenticator(accounts, tokens), limits.maxBodyBytes);
      },
      { prefix: PREFIX },
    );
  };
}
