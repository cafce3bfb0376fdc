/* From instructions to a program that can run: dead code out, buffers assigned. */
#include "calc/program_int.h"

static Register *row_register(Pass *pass, Operand operand)
{
    return operand.kind == OPERAND_REG ? &pass->regs.ptr[operand.idx] : NULL;
}

static void use(Pass *pass, Operand operand, int at)
{
    Register *reg = row_register(pass, operand);
    if (!reg)
        return;
    reg->is_used = true;
    if (at > reg->last_use)
        reg->last_use = at;
}

static void use_all(Pass *pass, const Instr *instr, int at)
{
    use(pass, instr->a, at);
    use(pass, instr->b, at);
    use(pass, instr->c, at);
    use(pass, instr->magnitude, at);
    for (size_t i = 0; instr->list && i < instr->list_count; i++)
        use(pass, instr->list[i], at);
}

/* Reductions read whole leaves at a time: what they read must outlive its block. */
static void widen(Pass *pass, Operand operand)
{
    Register *reg = row_register(pass, operand);
    if (!reg)
        return;
    reg->is_used = true;
    if (reg->storage == STORAGE_TEMP)
        reg->storage = STORAGE_WIDE;
}

static void drop_dead(Pass *pass)
{
    for (size_t i = 0; i < pass->regs.len; i++)
        pass->regs.ptr[i].is_used |= pass->regs.ptr[i].storage == STORAGE_OUTPUT;
    for (size_t i = 0; i < pass->reductions.len; i++) {
        widen(pass, pass->reductions.ptr[i].x);
        widen(pass, pass->reductions.ptr[i].w);
        widen(pass, pass->reductions.ptr[i].y);
    }
    /* backwards: an instruction lives if its result is used by one that lives */
    for (size_t i = pass->instrs.len; i-- > 0;) {
        const Instr *instr = &pass->instrs.ptr[i];
        if (pass->regs.ptr[instr->dst].is_used)
            use_all(pass, instr, (int)i);
    }
    size_t kept = 0;
    for (size_t i = 0; i < pass->instrs.len; i++)
        if (pass->regs.ptr[pass->instrs.ptr[i].dst].is_used)
            pass->instrs.ptr[kept++] = pass->instrs.ptr[i];
    pass->instrs.len = kept;
    for (size_t i = 0; i < pass->regs.len; i++)
        pass->regs.ptr[i].last_use = -1;
    for (size_t i = 0; i < kept; i++)
        use_all(pass, &pass->instrs.ptr[i], (int)i);
}

static uint32_t stages_read(const Pass *pass)
{
    uint32_t stages = 0;
    for (size_t i = 0; i < pass->instrs.len; i++)
        if (pass->instrs.ptr[i].stage)
            stages |= 1u << (pass->instrs.ptr[i].stage - 1);
    return stages;
}

static void add_column(Arena *arena, Pass *pass, Operand operand)
{
    if (operand.kind != OPERAND_COLUMN)
        return;
    for (size_t i = 0; i < pass->columns.len; i++)
        if (pass->columns.ptr[i] == operand.idx)
            return;
    VEC_PUSH(arena, &pass->columns, operand.idx);
}

static void list_columns(Arena *arena, Pass *pass)
{
    for (size_t i = 0; i < pass->instrs.len; i++) {
        const Instr *instr = &pass->instrs.ptr[i];
        if (instr->kernel == K_GATHER) /* of another frame */
            continue;
        add_column(arena, pass, instr->a);
        add_column(arena, pass, instr->b);
        add_column(arena, pass, instr->c);
        for (size_t k = 0; instr->list && k < instr->list_count; k++)
            add_column(arena, pass, instr->list[k]);
    }
}

/* Gives the buffers of temporaries that instruction `at` used for the last time back to the free list. */
static void release(Pass *pass, Operand operand, int at, int *free_list, size_t *free_count)
{
    Register *reg = row_register(pass, operand);
    if (!reg || reg->storage != STORAGE_TEMP || reg->last_use != at || reg->physical < 0)
        return;
    free_list[(*free_count)++] = reg->physical;
    reg->last_use = -2; /* once */
}

static void assign_buffers(Arena *arena, Pass *pass)
{
    int *free_list = ARENA_ARRAY(arena, int, pass->regs.len + 1);
    size_t free_count = 0;
    for (size_t i = 0; i < pass->regs.len; i++) {
        Register *reg = &pass->regs.ptr[i];
        if (reg->storage == STORAGE_WIDE || reg->storage == STORAGE_WINDOW)
            reg->physical = pass->wide_count++;
        if (reg->storage == STORAGE_CONSTANT)
            reg->physical = pass->constant_count++;
    }
    for (size_t i = 0; i < pass->instrs.len; i++) {
        const Instr *instr = &pass->instrs.ptr[i];
        Register *dst = &pass->regs.ptr[instr->dst];
        /* the result's buffer is taken before the operands' are freed: kernels do not work in place */
        if (dst->storage == STORAGE_TEMP)
            dst->physical = free_count ? free_list[--free_count] : pass->temp_count++;
        const Operand fixed[] = {instr->a, instr->b, instr->c, instr->magnitude};
        for (size_t k = 0; k < 4; k++)
            release(pass, fixed[k], (int)i, free_list, &free_count);
        for (size_t k = 0; instr->list && k < instr->list_count; k++)
            release(pass, instr->list[k], (int)i, free_list, &free_count);
    }
}

void program_finish(Program *program)
{
    for (int pass = 0; pass < program->pass_count; pass++) {
        drop_dead(&program->pass[pass]);
        program->stages_read |= stages_read(&program->pass[pass]);
        list_columns(program->arena, &program->pass[pass]);
        assign_buffers(program->arena, &program->pass[pass]);
    }
}

static void dump_number(StrBuf *out, double value)
{
    strbuf_add(out, STR(" ="));
    if (value == value)
        decimal_add_shortest(out, value);
    else
        strbuf_add(out, STR("absent"));
}

/* A row register of `pass`, or a region register where that is NULL. */
static void dump_operand(StrBuf *out, const Pass *pass, Operand operand)
{
    const Register *reg = pass && operand.kind == OPERAND_REG ? &pass->regs.ptr[operand.idx] : NULL;
    if (operand.kind == OPERAND_COLUMN)
        strbuf_addf(out, " col%d", operand.idx);
    else if (operand.kind == OPERAND_ROW_MASK)
        strbuf_add(out, STR(" rows"));
    else if (reg && reg->storage == STORAGE_CONSTANT)
        dump_number(out, reg->constant);
    else if (reg && reg->storage == STORAGE_WINDOW)
        strbuf_addf(out, " R%d", reg->region_reg);
    else if (reg && reg->storage == STORAGE_RANK)
        strbuf_addf(out, " k%d", reg->rank);
    else if (operand.kind == OPERAND_REG)
        strbuf_addf(out, " %s%d", reg ? "r" : "R", operand.idx);
}

static void dump_instr(StrBuf *out, const Pass *pass, const Instr *instr)
{
    strbuf_add(out, str_from(kernel_name(instr->kernel)));
    dump_operand(out, pass, instr->a);
    dump_operand(out, pass, instr->b);
    dump_operand(out, pass, instr->c);
    for (size_t i = 0; instr->list && i < instr->list_count; i++)
        dump_operand(out, pass, instr->list[i]);
    for (size_t i = 0; instr->reach && i < instr->list_count; i++) {
        const Reach *reach = &instr->reach[i];
        if (reach->low == REACH_TRUE.low && reach->high == REACH_TRUE.high) {
            strbuf_add(out, STR(" true"));
            continue;
        }
        strbuf_add(out, reach->sign > 0.0 ? STR(" >") : STR(" <"));
        decimal_add_shortest(out, reach->sign * (reach->low + reach->high) / 2);
    }
    if (instr->imm != 0.0) {
        strbuf_add(out, STR(" #"));
        decimal_add_shortest(out, instr->imm);
    }
    if (instr->stage)
        strbuf_addf(out, " stage %d", instr->stage - 1);
    if (instr->magnitude.kind) {
        strbuf_add(out, STR(" magnitude"));
        dump_operand(out, pass, instr->magnitude);
    }
    if (instr->node)
        strbuf_add(out, STR(" judged"));
    strbuf_add_char(out, '\n');
}

static void dump_reduction(StrBuf *out, const Pass *pass, const Reduction *reduction)
{
    static const char *const name[] = {[REDUCE_MOMENTS] = "moments",
                                       [REDUCE_EXTENT] = "extent",
                                       [REDUCE_TRI] = "tri",
                                       [REDUCE_SHARE] = "share",
                                       [REDUCE_PERCENTILE] = "percentile",
                                       [REDUCE_STRICT] = "strict",
                                       [REDUCE_RANK] = "rank"};
    bool is_rank = reduction->kind == REDUCE_RANK;
    strbuf_addf(out, "%s%d = %s", is_rank ? "k" : "s", is_rank ? reduction->rank : reduction->state,
                name[reduction->kind]);
    dump_operand(out, pass, reduction->x);
    dump_operand(out, pass, reduction->w);
    dump_operand(out, pass, reduction->y);
    if (reduction->kind == REDUCE_PERCENTILE)
        strbuf_addf(out, " #%g", reduction->q);
    strbuf_add(out, reduction->node ? STR(" judged\n") : STR("\n"));
}

static void dump_region_instr(StrBuf *out, const RegionInstr *instr)
{
    static const char *const name[] = {
#define REGION_OP(code, what) [code] = #code,
#include "calc/region_ops.def"
#undef REGION_OP
    };
    strbuf_addf(out, "R%d = ", instr->dst);
    if (instr->op == REGION_KERNEL) {
        dump_instr(out, NULL, &instr->kernel);
        return;
    }
    strbuf_add(out, str_from(name[instr->op]));
    if (instr->op == REGION_CONSTANT) {
        dump_number(out, instr->kernel.imm);
    } else {
        dump_operand(out, NULL, instr->kernel.a);
        strbuf_addf(out, " s%d", instr->state);
    }
    strbuf_add_char(out, '\n');
}

static void dump_outputs(StrBuf *out, const Program *program)
{
    for (size_t i = 0; i < program->row_count; i++)
        strbuf_addf(out, "row %zu: r%d of pass %d\n", i, program->row_output[i].idx,
                    program->row_pass[i]);
    for (size_t i = 0; i < program->region_count; i++)
        strbuf_addf(out, "region %zu: R%d\n", i, program->region_output[i]);
}

void program_dump(StrBuf *out, const Program *program)
{
    for (int i = 0; i < program->pass_count; i++) {
        const Pass *pass = &program->pass[i];
        strbuf_addf(out, "pass %d: %d temporary, %d wide, %d constant\n", i, pass->temp_count,
                    pass->wide_count, pass->constant_count);
        for (size_t k = 0; k < pass->instrs.len; k++) {
            strbuf_addf(out, "r%d = ", pass->instrs.ptr[k].dst);
            dump_instr(out, pass, &pass->instrs.ptr[k]);
        }
        for (size_t k = 0; k < pass->reductions.len; k++)
            dump_reduction(out, pass, &pass->reductions.ptr[k]);
        for (size_t k = 0; k < pass->region_instrs.len; k++)
            dump_region_instr(out, &pass->region_instrs.ptr[k]);
    }
    dump_outputs(out, program);
}
