/** First argument of the program in a thread that makes services; there is no verb of this name. */
export const THREAD = '--thread';
