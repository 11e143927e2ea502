import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { RPC_ERROR_TEXTS, RpcError, type RpcErrorCode } from './rpc-error.js';

const SPECIFICATION = new URL('../../../docs/spec/messaging.md', import.meta.url);
const ROW = /^\|\s*`([A-Z_]+)`\s*\|\s*`([^`]+)`\s*\|/gm;

describe('RPC_ERROR_TEXTS', () => {
  it('MSG-39: has the codes and texts of the specification, all of them, in the same order', () => {
    const specified = [...readFileSync(SPECIFICATION, 'utf8').matchAll(ROW)].map(([, code, text]) => [code, text]);
    expect(Object.entries(RPC_ERROR_TEXTS)).toEqual(specified);
  });

  it('leaves room for a detail in three texts alone', () => {
    const withDetail = Object.entries(RPC_ERROR_TEXTS).filter(([, text]) => text.includes('{'));
    expect(withDetail.map(([code]) => code)).toEqual(['INVALID_PARAMS', 'INVALID_REQUEST', 'PLUGIN_NOT_ENABLED']);
  });

  it('needs no escape in JSON, so that an error is readable on the wire', () => {
    for (const text of Object.values(RPC_ERROR_TEXTS)) expect(JSON.stringify(text)).toBe(`"${text}"`);
  });
});

describe('RpcError', () => {
  it.each(Object.keys(RPC_ERROR_TEXTS) as RpcErrorCode[])('%s has its text as message', (code) => {
    const error = new RpcError(code, { detail: 'the detail' });
    expect(error.message).toBe(RPC_ERROR_TEXTS[code].replace('{detail}', 'the detail'));
    expect(error.code).toBe(code);
    expect(error.name).toBe('RpcError');
    expect(error).toBeInstanceOf(Error);
  });

  it('puts the detail in as it is, patterns of String.replace included', () => {
    expect(new RpcError('INVALID_PARAMS', { detail: "$& $1 $$ $'" }).message).toBe("Invalid params: $& $1 $$ $'");
    expect(new RpcError('PLUGIN_NOT_ENABLED', { detail: 'Time Plugin' }).message).toBe(
      'Time Plugin is not enabled for this customer!',
    );
  });

  it('says its code where a detail is missing', () => {
    const error = new RpcError('INVALID_REQUEST');
    expect(error.message).toBe('Invalid request: INVALID_REQUEST');
    expect(error.detail).toBeUndefined();
  });

  it('keeps its cause for the log and out of the text', () => {
    const cause = new Error('password=secret');
    const error = new RpcError('INTERNAL', { cause });
    expect(error.cause).toBe(cause);
    expect(error.message).toBe('Internal server error!');
  });
});
