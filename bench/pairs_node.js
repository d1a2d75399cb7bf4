// Taking a free lock and giving it back by the npm package dynamodb-lock-client: one JSON object.
//
//   node pairs_node.js NODE_MODULES URL PAIRS ROUNDS
"use strict";

const [modules, url, pairs, rounds] = process.argv.slice(2);
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";  // Of its end of support, on stderr.
const AWS = require(`${modules}/aws-sdk`);
const LockClient = require(`${modules}/dynamodb-lock-client`);

const dynamodb = new AWS.DynamoDB.DocumentClient({
  endpoint: url, region: "us-east-1", accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", maxRetries: 0,
  httpOptions: { agent: new (require("http").Agent)({ keepAlive: true, maxSockets: 1 }) } });
// The kind without tokens, whose release deletes the record as ours does.
const client = new LockClient.FailClosed({ dynamodb, lockTable: "locks", partitionKey: "key", acquirePeriodMs: 1000, retryCount: 0 });

const acquire = () => new Promise((resolve, reject) =>
  client.acquireLock("uncontended-node", (error, lock) => (error ? reject(error) : resolve(lock))));
const release = (lock) => new Promise((resolve, reject) => lock.release((error) => (error ? reject(error) : resolve())));
const pair = async () => release(await acquire());
const quantile = (values, share) => values.sort((a, b) => a - b)[Math.round(share * (values.length - 1))];
const microseconds = ({ user, system }) => user + system;

async function main() {
  for (let i = 0; i < 20; ++i) await pair();
  const rates = [];
  const cpus = [];
  const latencies = [];
  const each = Math.max(Math.floor(pairs / rounds), 1);
  for (let round = 0; round < rounds; ++round) {
    const cpu = process.cpuUsage();
    const started = process.hrtime.bigint();
    for (let i = 0; i < each; ++i) {
      const before = process.hrtime.bigint();
      await pair();
      latencies.push(Number(process.hrtime.bigint() - before) / 1e3);
    }
    rates.push(each / (Number(process.hrtime.bigint() - started) / 1e9));
    cpus.push(microseconds(process.cpuUsage(cpu)) / each);
  }
  console.log(JSON.stringify({
    version: require(`${modules}/dynamodb-lock-client/package.json`).version, pairs_per_second: Math.round(quantile(rates, 0.5)),
    cpu_us_per_pair: Math.round(quantile(cpus, 0.5)), latency_us_p50: Math.round(quantile(latencies, 0.5)),
    latency_us_p99: Math.round(quantile(latencies, 0.99)) }));
}

main().catch((error) => {
  console.error(`pairs_node: ${error.message}`);
  process.exit(1);
});
