// @ts-check
import { ApiObject, JsonPatch } from 'cdk8s';
import { NetworkPolicy, NetworkPolicyPort, Namespaces, Pods } from 'cdk8s-plus-27';

const TEAM = 'checkout';

/**
 * The team's own rules: only the shop front may talk to its services, and its pods carry the label of the audit.
 *
 * @type {import('../../constructs/index.ts').ExtendInstance}
 */
export default function checkoutTeam(chart, instance) {
  if (instance.team !== TEAM) return;
  allowOnlyShopfront(chart, instance);
  markForAudit(chart);
}

/**
 * A construct of cdk8s-plus. Its name starts with the instance's, so that no other instance renders the same object.
 *
 * @param {import('cdk8s').Chart} chart
 * @param {import('../../compiler/model/resolved-instance.ts').ResolvedInstance} instance
 */
function allowOnlyShopfront(chart, instance) {
  const own = {
    'paasta.yelp.com/service': instance.service,
    'paasta.yelp.com/instance': instance.instance,
  };
  const policy = new NetworkPolicy(chart, 'only-shopfront', {
    metadata: { name: `${instance.name}-only-shopfront` },
    selector: Pods.select(chart, 'own-pods', { labels: own }),
  });
  const shopfront = Pods.select(chart, 'shopfront-pods', {
    labels: { 'paasta.yelp.com/service': 'shopfront' },
    namespaces: Namespaces.select(chart, 'shopfront-namespace', { labels: { name: 'paastasvc-shopfront' } }),
  });
  policy.addIngressRule(
    shopfront,
    instance.pod.main.ports.map((port) => NetworkPolicyPort.tcp(port)),
  );
}

/**
 * A change of what PaaSTA renders: a patch reaches every field. It changes the pods, and therefore the config sha: they restart once.
 *
 * @param {import('cdk8s').Chart} chart
 */
function markForAudit(chart) {
  const workload = ApiObject.of(chart.node.findChild('workload'));
  workload.metadata.addLabel('example.com/audited', 'true');
  workload.addJsonPatch(JsonPatch.add('/spec/template/metadata/labels/example.com~1audited', 'true'));
}
