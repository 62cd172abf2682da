// The system of examples/jobs, as one would write it with the CDK.
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as servicediscovery from 'aws-cdk-lib/aws-servicediscovery';

const app = new App();
const stack = new Stack(app, 'jobs');
const vpc = new ec2.Vpc(stack, 'Vpc', {
  maxAzs: 2,
  natGateways: 0,
  subnetConfiguration: [{ name: 'public', subnetType: ec2.SubnetType.PUBLIC }],
  gatewayEndpoints: { s3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
});
const cluster = new ecs.Cluster(stack, 'Cluster', {
  vpc,
  defaultCloudMapNamespace: { name: 'local', type: servicediscovery.NamespaceType.DNS_PRIVATE },
});

function service(name, image, port, { count = 1, environment = {} } = {}) {
  const task = new ecs.FargateTaskDefinition(stack, `${name}Task`, { cpu: 256, memoryLimitMiB: 512 });
  task.addContainer(name, {
    image: ecs.ContainerImage.fromRegistry(image),
    environment,
    portMappings: port ? [{ containerPort: port }] : [],
    logging: ecs.LogDrivers.awsLogs({ streamPrefix: name, logRetention: logs.RetentionDays.TWO_WEEKS }),
  });
  const securityGroup = new ec2.SecurityGroup(stack, `${name}Group`, { vpc, allowAllOutbound: true });
  return new ecs.FargateService(stack, name, {
    cluster,
    taskDefinition: task,
    desiredCount: count,
    assignPublicIp: true,
    securityGroups: [securityGroup],
    circuitBreaker: { rollback: true },
    cloudMapOptions: { name, dnsRecordType: servicediscovery.DnsRecordType.A, dnsTtl: Duration.seconds(5) },
  });
}

const redis = service('redis', 'redis:7', 6379);
const environment = { REDIS_URL: 'redis://redis.local:6379' };
const api = service('api', 'jobs/api', 5000, { count: 2, environment });
const worker = service('worker', 'jobs/worker', undefined, { environment });
const web = service('web', 'jobs/web', 80);
web.connections.allowTo(api, ec2.Port.tcp(5000));
api.connections.allowTo(redis, ec2.Port.tcp(6379));
worker.connections.allowTo(redis, ec2.Port.tcp(6379));

const balancer = new elbv2.ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true });
balancer
  .addListener('Http', { port: 80 })
  .addTargets('web', { port: 80, targets: [web], deregistrationDelay: Duration.seconds(15) });
app.synth();
