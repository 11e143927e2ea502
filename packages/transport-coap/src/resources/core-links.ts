import { Code } from '../codec/code.js';
import { ContentFormat } from '../codec/option-number.js';
import { Representation } from '../codec/representation.js';
import { Response } from '../codec/response.js';

/**
 * What there is, in link format (RFC 6690). The paths of devices hold their tokens, so the place of the token stands
 * there instead of one. `obs`: can be observed (RFC 7641 section 6); `ct`: the Content-Format.
 */
const LINKS = Representation.ofText(
  [
    '</api/v1/TOKEN/rpc>;title="POST asks; GET with Observe is asked";obs;ct=50',
    '</api/v1/TOKEN/rpc/ID>;title="POST replies to a call";ct=50',
    '</api/v1/TOKEN/telemetry>;title="POST";ct=50',
    '</api/v1/TOKEN/attributes>;title="POST, GET";ct=50',
  ].join(','),
);

/** The response to `GET /.well-known/core` (RFC 7252 section 7.2). */
export function coreLinks(): Response {
  return new Response(Code.CONTENT, LINKS, ContentFormat.LINK_FORMAT);
}
