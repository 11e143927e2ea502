/** The demo account's devices: ids and tokens are public and fixed. */
export const A1 = { id: 'ce06a480-9fce-11e6-8080-808080808080', token: 'A1_TEST_TOKEN' } as const;
export const A2 = { id: 'aa435e80-9fce-11e6-8080-808080808080', token: 'A2_TEST_TOKEN' } as const;
export const A3 = { id: '86801880-9fce-11e6-8080-808080808080', token: 'A3_TEST_TOKEN' } as const;
export const B1 = { id: '62bcd280-9fce-11e6-8080-808080808080', token: 'B1_TEST_TOKEN' } as const;
export const UNASSIGNED = { id: 'c8f1a6f0-b993-11e6-8a04-9ff4e1b7933c', token: 'DHT11_DEMO_TOKEN' } as const;
