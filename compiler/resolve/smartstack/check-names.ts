import { quoted, type NamespaceCheck } from './namespace-check.ts';

const SAFE = /^[A-Za-z0-9._-]+$/;

/** Names of namespaces stand in paths, in HAProxy's configuration and in hacheck's URLs. */
export const checkNames: NamespaceCheck = ({ registration, path }) => {
  if (SAFE.test(registration)) return [];
  const message = `namespace ${quoted(String(path.at(-1)))} has characters other than letters, digits, ., _ and -`;
  return [{ severity: 'error', code: 'unsafe-name', message, path, atKey: true }];
};
