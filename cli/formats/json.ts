import type { FindingFormat } from './finding-format.ts';

/** A JSON array of the findings, one a line, members in a fixed order. */
export const formatJson: FindingFormat = (diagnostics, { pathOf }) => {
  const rows = diagnostics.map((d) =>
    JSON.stringify({
      code: d.code,
      severity: d.severity,
      ...(d.policy === true ? { policy: true } : {}),
      message: d.message,
      root: d.root,
      file: d.file,
      location: pathOf(d),
      line: d.line,
      column: d.column,
      endLine: d.endLine,
      endColumn: d.endColumn,
      service: d.service,
      cluster: d.cluster,
      instance: d.instance,
      instances: d.instances,
      path: d.path,
      suggestion: d.hint,
      related: d.related,
    }),
  );
  return rows.length === 0 ? '[]\n' : `[\n${rows.join(',\n')}\n]\n`;
};
