import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { listServices } from '../compiler/load/index.ts';
import { scopeFindings } from '../compiler/scope-findings.ts';
import { reportStyle } from './frames.ts';
import type { Io } from './io.ts';
import type { Project } from './project.ts';
import { formatDiagnostics } from './report.ts';

/** Whether the tree has a service; when it has not, that is printed with the nearest right spelling. */
export function isKnownService(service: string, project: Project, io: Io): boolean {
  const { services, diagnostics } = listServices(createDiskReader(project.soaDir));
  const unknown = scopeFindings({ services: [service] }, { services });
  if (unknown.length === 0) return true;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  io.err(formatDiagnostics([...errors, ...unknown], reportStyle(project, io)));
  return false;
}
