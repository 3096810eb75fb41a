import { aboutPath, type ServiceRule } from '../rule.ts';
import { isListed } from '../view.ts';

/** A service with service.yaml has monitoring.yaml. PaaSTA: `check_monitoring_file_exists`. */
export const monitoringFileExists: ServiceRule = ({ sources, configs }) => {
  const { service, serviceYaml, monitoring } = sources;
  if (serviceYaml.kind === 'absent' || monitoring.kind !== 'absent') return [];
  if (configs.some(({ raw }) => isListed(raw['skip_check_monitoring_file_exists'], service))) return [];
  const message = 'there is no monitoring.yaml, so alerts have no team';
  const hint = 'add one with at least "team: NAME"';
  return [
    aboutPath(
      `${service}/monitoring.yaml`,
      { service, instances: [] },
      {
        class: 'policy',
        code: 'missing-monitoring-file',
        message,
        hint,
      },
    ),
  ];
};
