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
        assign_buffers(program->arena, &program->pass[pass]);
    }
}

static void dump_operand(StrBuf *out, const Pass *pass, Operand operand)
{
    if (operand.kind == OPERAND_NONE)
        return;
    strbuf_add(out, STR(" "));
    if (operand.kind == OPERAND_COLUMN) {
        strbuf_addf(out, "col%d", operand.idx);
    } else if (operand.kind == OPERAND_ROW_MASK) {
        strbuf_add(out, STR("rows"));
    } else if (pass && pass->regs.ptr[operand.idx].storage == STORAGE_CONSTANT) {
        strbuf_add(out, STR("="));
        double value = pass->regs.ptr[operand.idx].constant;
        if (value == value)
            decimal_add_shortest(out, value);
        else
            strbuf_add(out, STR("absent"));
    } else {
        strbuf_addf(out, "r%d", operand.idx);
    }
}

static void dump_instr(StrBuf *out, const Pass *pass, const Instr *instr)
{
    strbuf_addf(out, "r%d = %s", instr->dst, kernel_name(instr->kernel));
    dump_operand(out, pass, instr->a);
    dump_operand(out, pass, instr->b);
    dump_operand(out, pass, instr->c);
    for (size_t i = 0; instr->list && i < instr->list_count; i++)
        dump_operand(out, pass, instr->list[i]);
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
    strbuf_add_char(out, '\n');
}

void program_dump(StrBuf *out, const Program *program)
{
    static const char *const reduction_name[] = {"moments", "extent",     "tri",
                                                 "share",   "percentile", "rank"};
    for (int i = 0; i < program->pass_count; i++) {
        const Pass *pass = &program->pass[i];
        strbuf_addf(out, "pass %d: %d buffers\n", i, pass->temp_count);
        for (size_t k = 0; k < pass->instrs.len; k++)
            dump_instr(out, pass, &pass->instrs.ptr[k]);
        for (size_t k = 0; k < pass->reductions.len; k++) {
            const Reduction *reduction = &pass->reductions.ptr[k];
            strbuf_addf(out, "reduce %s", reduction_name[reduction->kind]);
            dump_operand(out, pass, reduction->x);
            dump_operand(out, pass, reduction->w);
            strbuf_add_char(out, '\n');
        }
        strbuf_addf(out, "regions: %zu instructions\n", pass->region_instrs.len);
    }
}
