import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { cli, median, ownRegion, pause, round, scratch } from './support.mjs';

const ROUNDS = 3;
/** A tiny program without health checks. */
const image = 'busybox:1';
const command = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 3600 & wait; done'];

/** From nothing to steady services, stacks of more and more resources, and what a region costs that has nothing to do. */
export async function measure() {
  return scratch(async (folder) => {
    const region = await startRegion(folder);
    try {
      const base = await timed(region, 'base', baseTemplate());
      const rows = [['what', 'seconds', 'what AWS documents']];
      await timed(region, 'warm', services(1, 1));
      await region.remove('warm');
      const many = [];
      let idle;
      for (let index = 0; index < ROUNDS; index++) {
        many.push(await timed(region, 'many', services(1, 200)));
        if ((await region.tasks()) !== 200) throw new Error('there are not 200 tasks');
        idle ??= await region.idle(60);
        await region.remove('many');
      }
      rows.push([
        '1 service: 200 tasks from nothing to steady',
        round(median(many)),
        '500 tasks launched a minute',
      ]);
      const wide = [];
      for (let index = 0; index < ROUNDS; index++) {
        wide.push(await timed(region, 'wide', services(100, 2)));
        await region.remove('wide');
      }
      rows.push(['100 services of two tasks, in one stack', round(median(wide)), 'the same quota']);
      for (const count of [10, 100, 400]) {
        const times = [];
        for (let index = 0; index < ROUNDS; index++) {
          times.push(await timed(region, 'stack', resources(count)));
          await region.remove('stack');
        }
        rows.push([`a stack of ${count} resources`, round(median(times)), '']);
      }
      rows.push(['idle, 200 tasks: % of a core', round(idle.percent, 1), '']);
      rows.push(['idle, 200 tasks: MiB of the region and its helpers', idle.regionMebibytes, '']);
      rows.push(['idle, 200 tasks: MiB of the tasks’ processes', idle.taskMebibytes, '']);
      return {
        title: 'Rollouts: from nothing to steady, and idle',
        rows,
        note: `medians of ${ROUNDS}, each through the CloudFormation API until the stack is CREATE_COMPLETE; the network under it took ${round(base)} s. The tasks run a shell that sleeps, without health checks. Idle is the CPU time of every process of the region over the second minute after the last start.`,
        gates: [
          {
            name: 'CPU of the idle region with 200 tasks, % of a core',
            value: round(idle.percent, 1),
            limit: 3,
          },
        ],
      };
    } finally {
      await region.stop();
    }
  });
}

async function timed(region, name, template) {
  const began = performance.now();
  await region.create(name, template);
  return (performance.now() - began) / 1000;
}

async function startRegion(folder) {
  const child = spawn(process.execPath, [cli, 'region', '--ephemeral', '--port', '0'], {
    env: ownRegion(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const endpoint = await new Promise((resolve, reject) => {
    const listen = (chunk) => {
      said += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('close', () => reject(new Error(`the region ended: ${said}`)));
  });
  const settings = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const cloudformation = new CloudFormationClient(settings);
  const ecs = new ECSClient(settings);
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'templates' }));
  const status = async (name) => {
    try {
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
      return Stacks[0];
    } catch {
      return undefined;
    }
  };
  return {
    async create(name, template) {
      // Longer templates than the API takes travel by an object.
      await s3.send(new PutObjectCommand({ Bucket: 'templates', Key: name, Body: template }));
      await cloudformation.send(
        new CreateStackCommand({ StackName: name, TemplateURL: `${endpoint}/templates/${name}` }),
      );
      for (;;) {
        const { StackStatus, StackStatusReason } = await status(name);
        if (StackStatus === 'CREATE_COMPLETE') return;
        if (!StackStatus.endsWith('_IN_PROGRESS'))
          throw new Error(`${name}: ${StackStatus} ${StackStatusReason}`);
        await pause(20);
      }
    },
    async remove(name) {
      await cloudformation.send(new DeleteStackCommand({ StackName: name }));
      while (await status(name)) await pause(50);
    },
    async tasks() {
      let count = 0;
      let nextToken;
      do {
        const page = await ecs.send(
          new ListTasksCommand({ cluster: 'bench', desiredStatus: 'RUNNING', nextToken }),
        );
        count += page.taskArns.length;
        nextToken = page.nextToken;
      } while (nextToken);
      return count;
    },
    async idle(seconds) {
      // Until every task has proven itself, which takes 40 s.
      await pause(60_000);
      const before = processes(child.pid);
      await pause(seconds * 1000);
      const after = processes(child.pid);
      const ticks =
        after.reduce((sum, { ticks }) => sum + ticks, 0) - before.reduce((sum, { ticks }) => sum + ticks, 0);
      const mebibytes = (list) => Math.round(list.reduce((sum, { kibibytes }) => sum + kibibytes, 0) / 1024);
      return {
        percent: ticks / seconds,
        regionMebibytes: mebibytes(after.filter(({ name }) => name === 'node')),
        taskMebibytes: mebibytes(after.filter(({ name }) => name !== 'node')),
      };
    },
    async stop() {
      const ended = new Promise((resolve) => child.on('close', resolve));
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Everything below a process: CPU time in hundredths of a second and memory in KiB, shared pages counted in parts. */
function processes(root) {
  const found = [];
  const visit = (pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      const memory = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
      found.push({
        name,
        ticks: Number(fields[11]) + Number(fields[12]),
        kibibytes: Number(memory?.[1] ?? 0),
      });
      for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .split(' ')
        .filter(Boolean))
        visit(child);
    } catch {
      // It has ended.
    }
  };
  visit(root);
  return found;
}

const ref = (name) => ({ Ref: name });
const exported = (name, value) => ({ Value: value, Export: { Name: `bench-${name}` } });
const imported = (name) => ({ 'Fn::ImportValue': `bench-${name}` });

function baseTemplate() {
  return JSON.stringify({
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
      Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref('Vpc'), CidrBlock: '10.0.0.0/20' } },
      Group: {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: { VpcId: ref('Vpc'), GroupDescription: 'bench' },
      },
      Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'bench' } },
    },
    Outputs: {
      Subnet: exported('subnet', ref('Subnet')),
      Group: exported('group', ref('Group')),
    },
  });
}

function services(count, tasks) {
  const made = {};
  for (let index = 0; index < count; index++) {
    made[`Task${index}`] = {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        RequiresCompatibilities: ['FARGATE'],
        NetworkMode: 'awsvpc',
        Cpu: '256',
        Memory: '512',
        ContainerDefinitions: [{ Name: 'main', Image: image, Command: command }],
      },
    };
    made[`Service${index}`] = {
      Type: 'AWS::ECS::Service',
      Properties: {
        Cluster: 'bench',
        TaskDefinition: ref(`Task${index}`),
        DesiredCount: tasks,
        LaunchType: 'FARGATE',
        NetworkConfiguration: {
          AwsvpcConfiguration: { Subnets: [imported('subnet')], SecurityGroups: [imported('group')] },
        },
      },
    };
  }
  return JSON.stringify({ Resources: made });
}

/** Log groups, and groups of a network that depend on them: nothing that waits. */
function resources(count) {
  const made = { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.1.0.0/16' } } };
  for (let index = 1; index < count; index++)
    made[`Resource${index}`] =
      index % 2 === 0
        ? { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } }
        : {
            Type: 'AWS::EC2::SecurityGroup',
            Properties: { VpcId: ref('Vpc'), GroupDescription: `of ${index}` },
          };
  return JSON.stringify({ Resources: made });
}
