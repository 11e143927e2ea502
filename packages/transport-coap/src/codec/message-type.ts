/** The four types of messages (RFC 7252 section 3). */
export const MessageType = { CON: 0, NON: 1, ACK: 2, RST: 3 } as const;

export type MessageType = (typeof MessageType)[keyof typeof MessageType];
