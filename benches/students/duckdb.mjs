// The lists of pupils in DuckDB, in memory: load keeps the three columns that count, sum makes the facts.
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';

const text = { type: 'string' };
const { values: options } = parseArgs({
    options: {
        engine: { ...text, default: 'duckdb' }, csv: text, threads: { ...text, default: '1' },
        rounds: text, mode: text,
    },
});

const LOAD = `CREATE TABLE pupils AS SELECT school, stage, class FROM read_csv('${
    options.csv.replaceAll("'", "''")}', header = true, auto_detect = false, delim = ',', quote = '',
    escape = '', columns = {school: 'BIGINT', stage: 'VARCHAR', class: 'VARCHAR', name: 'VARCHAR',
    sex: 'VARCHAR'})`;
const SUM = `CREATE TABLE facts AS
    SELECT school, stage, sum(n)::BIGINT AS pupils, count(*) AS classes, max(n) AS largest
    FROM (SELECT school, stage, class, count(*) AS n FROM pupils GROUP BY ALL) GROUP BY ALL`;
const CHECK = `SELECT count(*), sum(pupils)::BIGINT, sum(classes)::BIGINT, sum(largest)::BIGINT,
    sum(pupils * largest + classes * school % 1000003)::BIGINT FROM facts`;

async function timed(run) {
    const start = process.hrtime.bigint();
    await run();
    return Number(process.hrtime.bigint() - start) / 1e6;
}

function result(metric, ms) {
    console.log(`result ${options.engine} ${metric} ${options.threads} ${ms.toFixed(6)} ` +
        `${ms.toFixed(6)} 1`);
}

for (const isMeasured of [false, true]) {
    const instance = await DuckDBInstance.create(':memory:', { threads: options.threads });
    const db = await instance.connect();
    const load = await timed(() => db.run(LOAD));
    const sum = await timed(() => db.run(SUM));
    if (isMeasured) {
        result('load', load);
        result('sum', sum);
        result('all', load + sum);
        const [row] = (await db.runAndReadAll(CHECK)).getRows();
        console.log(`check ${options.engine} students ${options.threads} schools=${row[0]} ` +
            `pupils=${row[1]} classes=${row[2]} largest=${row[3]} mixed=${row[4]}`);
    }
    db.closeSync();
    instance.closeSync();
}
