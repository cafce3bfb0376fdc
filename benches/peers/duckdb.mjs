// The job in DuckDB, in memory, with the statements of make_sql.py.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';

const CHECKED_EDITS = 100;
const CHECKED_DRILLS = 20;
const ITEMS = ['students', 'above', 'backbone', 'peart', 'media', 'teach_area', 'sport_area', 'equip'];

const text = { type: 'string' };
const { values: options } = parseArgs({
    options: {
        engine: { ...text, default: 'duckdb' }, csv: text, edits: text, drills: text, dump: text,
        sql: text, store: text, threads: { ...text, default: '1' },
        rounds: { ...text, default: '5' }, mode: { ...text, default: 'all' },
    },
});
const wants = (mode) => options.mode === mode || options.mode === 'all';
const lines = (path) => readFileSync(path, 'utf8').trimEnd().split('\n');

const sql = {};
for (const part of readFileSync(options.sql, 'utf8').split('-- name: ').slice(1)) {
    const end = part.indexOf('\n');
    sql[part.slice(0, end)] = part.slice(end).trim();
}

function result(metric, ms) {
    const sorted = Float64Array.from(ms).sort();
    const middle = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
    console.log(`result ${options.engine} ${metric} ${options.threads} ` +
        `${middle.toFixed(6)} ${sorted[0].toFixed(6)} ${sorted.length}`);
}

// Adds the counties among the rows to the sums.
function addRows(sums, rows) {
    const counties = rows.filter(([region]) => Number(region) % 100 !== 0);
    const qualified = new Map(counties.map((row) => [Number(row[0]), Number(row[5])]));
    for (const [, , evaluated, ok, , , ...cvs] of counties) {
        sums.evaluated += Number(evaluated);
        sums.ok += Number(ok);
        for (const cv of cvs) sums.cv += cv ?? 0;
    }
    for (const one of qualified.values()) sums.qualified += one;
}

function check(what, sums) {
    console.log(`check ${options.engine} ${what} ${options.threads} ok=${sums.ok} ` +
        `evaluated=${sums.evaluated} qualified=${sums.qualified} cvsum=${sums.cv.toPrecision(12)}`);
}

const noSums = () => ({ ok: 0, evaluated: 0, qualified: 0, cv: 0 });

async function timed(run) {
    const start = process.hrtime.bigint();
    const value = await run();
    return { ms: Number(process.hrtime.bigint() - start) / 1e6, value };
}

const columns = () => sql.columns.split('\n').map((line) => line.split(' '));

// The table function that reads the file; its header has other names.
function reader() {
    const types = columns().map(([name, type]) => `'${name}': '${type}'`);
    const path = options.csv.replaceAll("'", "''");
    return `read_csv('${path}', header = true, auto_detect = false, delim = ',', quote = '',
        escape = '', columns = {${types}})`;
}

async function open() {
    const instance = await DuckDBInstance.create(':memory:', { threads: options.threads });
    return { instance, db: await instance.connect() };
}

// Reads the whole file into facts of a new database, and views of the stages onto it.
async function load() {
    const { instance, db } = await open();
    await db.run(`CREATE TABLE facts AS SELECT * FROM ${reader()}`);
    for (const s of [0, 1]) await db.run(`CREATE VIEW stage${s} AS ${sql[`view${s}`]}`);
    return { instance, db };
}

async function judge(db) {
    return (await db.runAndReadAll(sql.nation)).getRows();
}

// Every column is summed up, so that every field is read and nothing is stored.
async function measureParse() {
    const { db } = await open();
    const sums = columns().map(([name]) => `sum(${name})`);
    await measure('parse', async () => db.runAndReadAll(`SELECT ${sums} FROM ${reader()}`),
        async () => {});
}

async function measureCold() {
    const run = async () => {
        const { instance, db } = await load();
        await judge(db);
        return { instance, db };
    };
    let last;
    for (const isMeasured of [false, true]) {
        last = await timed(run);
        last.value.db.closeSync();
        last.value.instance.closeSync();
        if (isMeasured) result('cold', [last.ms]);
    }
}

// Times run after one unmeasured time; undo is not timed.
async function measure(metric, run, undo) {
    const ms = [];
    let rows;
    for (let round = 0; round <= Number(options.rounds); round++) {
        const once = await timed(run);
        await undo();
        if (round > 0) ms.push(once.ms);
        rows = once.value;
    }
    result(metric, ms);
    return rows;
}

async function judgeKept(db) {
    for (const s of [0, 1]) await db.run(sql[`keep${s}`]);
    return judge(db);
}

async function dropKept(db) {
    for (const s of [0, 1]) await db.run(`DROP TABLE kept${s}`);
}

function dump(rows) {
    const head = ['region', 'stage', 'evaluated', 'ok', 'pupils', 'qualified',
        ...ITEMS.slice(1).map((item) => `cv_${item}`)];
    const body = rows.map((row) => row.map((value) => value ?? '').join());
    writeFileSync(options.dump, [head.join(), ...body, ''].join('\n'));
}

async function measureTasks(metric, tasks, run) {
    const sums = noSums();
    const ms = [];
    for (const task of tasks) {
        const once = await timed(() => run(task));
        ms.push(once.ms);
        addRows(sums, once.value);
    }
    result(metric, ms);
    if (metric === 'edit') {
        const p99 = Float64Array.from(ms).sort()[ms.length - 1 - Math.floor(ms.length / 100)];
        result('edit_p99', [p99]);
    }
    check(metric, sums);
}

async function measureEdits(db, county) {
    const updates = [];
    for (const s of [0, 1]) {
        updates.push(await Promise.all(ITEMS.map((_, item) => db.prepare(sql[`update${s}_${item}`]))));
    }
    const edits = lines(options.edits).slice(0, CHECKED_EDITS).map((line) => line.split(','));
    await measureTasks('edit', edits, async ([school, code, column, value]) => {
        const update = updates[column.startsWith('p_') ? 0 : 1][ITEMS.indexOf(column.slice(2))];
        if (value === '') update.bindNull(1);
        else update.bindDouble(1, Number(value));
        update.bindInteger(2, Number(code));
        update.bindBigInt(3, BigInt(school));
        await update.run();
        return county(Number(code), Number(code));
    });
}

async function main() {
    if (wants('parse')) await measureParse();
    if (wants('cold')) await measureCold();

    const { db } = await load();
    for (const s of [0, 1]) {
        await db.run(`DROP VIEW stage${s}`);
        await db.run(`CREATE TABLE stage${s} AS ${sql[`view${s}`]} ORDER BY county, school`);
    }
    const rows = wants('warm') ? await measure('warm', () => judge(db), async () => {})
                               : await judge(db);
    if (wants('full')) await measure('full', () => judgeKept(db), () => dropKept(db));
    const sums = noSums();
    addRows(sums, rows);
    check('nation', sums);
    if (options.dump) dump(rows);

    const statement = await db.prepare(sql.county);
    const county = async (first, last) => {
        statement.bindInteger(1, first);
        statement.bindInteger(2, last);
        return (await statement.runAndReadAll()).getRows();
    };
    if (options.edits && wants('edit')) await measureEdits(db, county);
    if (options.drills && wants('drill')) {
        const drills = lines(options.drills).slice(0, CHECKED_DRILLS).map(Number);
        await measureTasks('drill', drills, (code) => county(code, code + 99));
    }
}

await main();
