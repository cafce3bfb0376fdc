/* Registers, instructions and outputs. */
#include "calc/compile_int.h"

#include <math.h>

/* ---- memory of answers ---- */

typedef struct Question {
    const Node *node;
    int stage, is_in_scope;
} Question;

int calc_answer(const Compiler *c, const Map *map, const Node *node, int stage)
{
    Question question = {node, stage, c->is_in_scope};
    return (int)(uintptr_t)map_find(map, (Str){(const char *)&question, sizeof question}) - 1;
}

int calc_remember(Compiler *c, Map *map, const Node *node, int stage, int answer)
{
    Question question = {node, stage, c->is_in_scope};
    Str key = str_dup(c->arena, (Str){(const char *)&question, sizeof question});
    map_set(map, key, (void *)(uintptr_t)(answer + 1));
    return answer;
}

/* ---- registers and instructions ---- */

int calc_add_register(Compiler *c, int pass, Register reg)
{
    CHECK(pass < PASSES_MAX);
    Pass *p = &c->program->pass[pass];
    if (pass >= c->program->pass_count)
        c->program->pass_count = pass + 1;
    VEC_PUSH(c->arena, &p->regs, reg);
    return (int)p->regs.len - 1;
}

/* Same kernel, same operands, and the same judge of near-ties where the bare operands do not tell it. */
Str calc_instr_key(const Compiler *c, const Instr *instr)
{
    bool is_judged =
        instr->magnitude.kind || (instr->node && instr->node_stage != c->request->stage);
    struct {
        double imm;
        const void *codes, *node;
        size_t list_count;
        Operand fixed[4];
        int kernel, stage, node_stage;
    } id;
    memset(&id, 0, sizeof id); /* the key is its bytes, padding included */
    id.imm = instr->imm;
    id.codes = instr->codes;
    id.node = is_judged ? instr->node : NULL;
    id.list_count = instr->list_count;
    memcpy(id.fixed, (const Operand[]){instr->a, instr->b, instr->c, instr->magnitude},
           sizeof id.fixed);
    id.kernel = (int)instr->kernel;
    id.stage = instr->stage;
    id.node_stage = is_judged ? instr->node_stage : -1;
    StrBuf key;
    strbuf_init(&key, c->arena);
    strbuf_add(&key, (Str){(const char *)&id, sizeof id});
    if (instr->list)
        strbuf_add(&key, (Str){(const char *)instr->list, instr->list_count * sizeof(Operand)});
    if (instr->reach)
        strbuf_add(&key, (Str){(const char *)instr->reach, instr->list_count * sizeof(Reach)});
    return strbuf_str(&key);
}

Operand calc_add_instr(Compiler *c, int pass, Instr instr)
{
    Str key = calc_instr_key(c, &instr);
    uintptr_t known = (uintptr_t)map_find(&c->values[pass], key);
    if (known)
        return calc_reg((int)known - 1);
    instr.dst = calc_add_register(
        c, pass,
        (Register){.storage = STORAGE_TEMP, .def = (int)c->program->pass[pass].instrs.len + 1});
    VEC_PUSH(c->arena, &c->program->pass[pass].instrs, instr);
    map_set(&c->values[pass], key, (void *)(uintptr_t)(instr.dst + 1));
    return calc_reg(instr.dst);
}

/* A register that no instruction makes, once per key. */
static Operand add_given(Compiler *c, int pass, Str key, Register reg)
{
    uintptr_t known = (uintptr_t)map_find(&c->values[pass], key);
    if (known)
        return calc_reg((int)known - 1);
    int idx = calc_add_register(c, pass, reg);
    map_set(&c->values[pass], key, (void *)(uintptr_t)(idx + 1));
    return calc_reg(idx);
}

Operand calc_constant(Compiler *c, int pass, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return add_given(c, pass, str_format(c->arena, "constant %llx", (unsigned long long)bits),
                     (Register){.storage = STORAGE_CONSTANT, .constant = value});
}

Operand calc_window(Compiler *c, int pass, int region_reg)
{
    return add_given(c, pass, str_format(c->arena, "window %d", region_reg),
                     (Register){.storage = STORAGE_WINDOW, .region_reg = region_reg});
}

bool calc_is_constant(const Compiler *c, int pass, Operand operand, double *ret)
{
    if (operand.kind != OPERAND_REG)
        return false;
    const Register *reg = &c->program->pass[pass].regs.ptr[operand.idx];
    *ret = reg->constant;
    return reg->storage == STORAGE_CONSTANT;
}

double calc_constant_value(Compiler *c, int stage, const Node *node)
{
    /* rightly rounded, once: 0.1 + 0.2 − 0.3 is 0, and may be divided by as such */
    const Frame frame = {.stage = stage};
    const ExactPoint point = {.frame = &frame};
    return exact_to_double(exact_run(c->exact, node, &point));
}

/* ---- arithmetic ---- */

Operand calc_unary(Compiler *c, int pass, Kernel kernel, Operand a)
{
    double value;
    if (kernel == K_ABS && calc_is_constant(c, pass, a, &value))
        return calc_constant(c, pass, fabs(value));
    return calc_add_instr(c, pass, (Instr){.kernel = kernel, .a = a});
}

Operand calc_binary(Compiler *c, int pass, Kernel kernel, Operand a, Operand b)
{
    return calc_add_instr(c, pass, (Instr){.kernel = kernel, .a = a, .b = b});
}

const Instr *calc_instr_of(const Compiler *c, int pass, Operand operand)
{
    if (operand.kind != OPERAND_REG)
        return NULL;
    const Pass *p = &c->program->pass[pass];
    int def = p->regs.ptr[operand.idx].def;
    return def ? &p->instrs.ptr[def - 1] : NULL;
}

Operand calc_divide(Compiler *c, int pass, Operand a, Operand b, Instr check)
{
    double imm;
    Instr instr = check;
    if (calc_is_constant(c, pass, b, &imm))
        return calc_add_instr(c, pass, (Instr){.kernel = K_DIV_C, .a = a, .imm = imm});
    if (calc_is_constant(c, pass, a, &imm)) {
        instr.kernel = K_DIV_CR;
        instr.a = b;
        instr.imm = imm;
        return calc_add_instr(c, pass, instr);
    }
    const Instr *top = calc_instr_of(c, pass, a);
    bool is_scaled = top && top->kernel == K_MUL_C; /* 100 * x / p in one go */
    instr.kernel = is_scaled ? K_MULDIV : K_DIV;
    instr.a = is_scaled ? top->a : a;
    instr.b = b;
    instr.imm = is_scaled ? top->imm : 0.0;
    return calc_add_instr(c, pass, instr);
}

static double fold(BinaryOp op, double a, double b)
{
    return op == OP_ADD ? a + b : op == OP_SUBTRACT ? a - b : a * b;
}

static Operand subtract(Compiler *c, int pass, Operand a, Operand b)
{
    double imm;
    if (calc_is_constant(c, pass, a, &imm))
        return calc_add_instr(c, pass, (Instr){.kernel = K_SUB_CR, .a = b, .imm = imm});
    if (calc_is_constant(c, pass, b, &imm))
        return calc_add_instr(c, pass, (Instr){.kernel = K_ADD_C, .a = a, .imm = -imm});
    return calc_binary(c, pass, K_SUB, a, b);
}

Operand calc_arithmetic(Compiler *c, int pass, BinaryOp op, Operand a, Operand b)
{
    double left = 0.0, right = 0.0;
    bool is_left = calc_is_constant(c, pass, a, &left);
    bool is_right = calc_is_constant(c, pass, b, &right);
    if (is_left && is_right)
        return calc_constant(c, pass, fold(op, left, right));
    if (op == OP_SUBTRACT)
        return subtract(c, pass, a, b);
    CHECK(op == OP_ADD || op == OP_MULTIPLY);
    Kernel immediate = op == OP_ADD ? K_ADD_C : K_MUL_C;
    if (is_left)
        return calc_add_instr(c, pass, (Instr){.kernel = immediate, .a = b, .imm = left});
    if (is_right)
        return calc_add_instr(c, pass, (Instr){.kernel = immediate, .a = a, .imm = right});
    return calc_binary(c, pass, op == OP_ADD ? K_ADD : K_MUL, a, b);
}

/* ---- at least n ---- */

double calc_atleast_need(const Node *call, size_t count)
{
    if (call->fn != FN_ATLEAST)
        return call->fn == FN_ALL ? (double)count : 1.0;
    double need = ceil(decimal_to_double(call->arg[0]->number));
    return fmin(fmax(need, 0.0), (double)count + 1.0); /* beyond, more or less is the same */
}

Reach *calc_atleast_truths(Compiler *c, size_t count)
{
    Reach *reach = ARENA_ARRAY(c->arena, Reach, count);
    for (size_t i = 0; i < count; i++)
        reach[i] = REACH_TRUE;
    return reach;
}

/* ---- outputs ---- */

/* An output column of its own, even for a bare column, a constant, or a second output of one value. */
static Operand own_output(Compiler *c, int pass, Operand value, size_t output)
{
    Pass *p = &c->program->pass[pass];
    if (value.kind == OPERAND_REG && p->regs.ptr[value.idx].storage == STORAGE_TEMP) {
        p->regs.ptr[value.idx].storage = STORAGE_OUTPUT;
        p->regs.ptr[value.idx].output = (int)output;
        return value;
    }
    int reg =
        calc_add_register(c, pass, (Register){.storage = STORAGE_OUTPUT, .output = (int)output});
    VEC_PUSH(c->arena, &p->instrs, (Instr){.kernel = K_COPY, .dst = reg, .a = value});
    return calc_reg(reg);
}

static Compiler *compiler_new(Arena *arena, const CalcRequest *request)
{
    Compiler *c = ARENA_NEW(arena, Compiler);
    c->arena = arena;
    c->request = request;
    c->exact = exact_new(arena);
    c->program = ARENA_NEW(arena, Program);
    *c->program = (Program){.arena = arena,
                            .scope = request->scope,
                            .pass_count = 1,
                            .row_count = request->row_count,
                            .region_count = request->region_count};
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        map_init(&c->rows[pass], arena);
        map_init(&c->values[pass], arena);
        map_init(&c->region_values[pass], arena);
        map_init(&c->magnitudes[pass], arena);
    }
    Map *const map[] = {&c->regions, &c->region_magnitudes, &c->cancels, &c->row_depths,
                        &c->region_depths};
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        map_init(map[i], arena);
    return c;
}

Program *calc_compile(Arena *arena, const CalcRequest *request)
{
    Compiler *c = compiler_new(arena, request);
    Program *program = c->program;
    program->region_output = ARENA_ARRAY(arena, int, request->region_count);
    for (size_t i = 0; i < request->region_count; i++)
        program->region_output[i] = calc_emit_region(c, request->region[i]);

    program->row_output = ARENA_ARRAY(arena, Operand, request->row_count);
    program->row_pass = ARENA_ARRAY(arena, int, request->row_count);
    for (size_t i = 0; i < request->row_count; i++) {
        program->row_pass[i] = calc_row_depth(c, request->row[i]);
        program->row_output[i] =
            calc_emit_row(c, program->row_pass[i], request->stage, request->row[i]);
    }
    for (size_t i = 0; i < request->row_count; i++)
        program->row_output[i] = own_output(c, program->row_pass[i], program->row_output[i], i);
    program->scope_state = request->scope ? calc_scope_state(c) : -1;
    program_finish(program);
    return program;
}
