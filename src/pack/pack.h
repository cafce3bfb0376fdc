/*
 * Packs: policy as text files (YAML, Chinese keys listed once in pack.def). This header is the
 * checked result of loading them; doc/packs.md describes the files.
 *
 * A pack is refused as a whole, with every error at its file, line and column, when a name is
 * unknown, units do not fit, a cycle exists, a validity gap or overlap is left, or a key is
 * unknown or missing. Overlays change an explicit list of nodes of a base pack before it is checked.
 *
 * Everything lives in the arena given to pack_load and is read-only afterwards.
 */
#ifndef JH_PACK_PACK_H
#define JH_PACK_PACK_H

#include "base/date.h"
#include "expr/tree.h"
#include "fact/codelist.h"
#include "fact/period.h"

/* 依据: the document behind a figure. */
typedef struct Basis {
    Str body;   /* 机关 */
    Str title;  /* 文件 */
    Str number; /* 文号 */
    Str date;   /* 日期, as printed */
    Str clause; /* 条款 */
    Str mark;   /* 可信: C, 1, 1+M, S, M, L (standards.md) */
} Basis;

typedef struct Validity {
    Date first, last; /* inclusive; DATE_MIN / DATE_MAX where open */
} Validity;

typedef struct Stage {
    Str code;  /* primary: the word in JSON */
    Str name;  /* 小学 */
    Map names; /* synonyms as cells may write them */
} Stage;

/* 数据项 */
typedef struct Item {
    Symbol symbol;  /* ITEM or ATTRIBUTE; owner = this */
    bool is_shared; /* reported once per school (rooms, grounds, equipment), not per stage */
    bool is_whole;  /* whole numbers only (persons, classes) */
    bool is_county; /* 级别 县: reported once per county; not for school formulas */
    bool is_date;   /* county items: the number is yyyymmdd */
    Decimal step; /* smallest amount by which it can be made good, in its unit: 1, or 0.0001 万元 */
    Str step_unit;         /* the unit in which a gap is told: 人, ㎡, 元, 间 */
    Decimal step_scale;    /* item value * step_scale = amount in step_unit */
    Str privacy;           /* 公开 内部 个人 敏感 */
    const CodeList *codes; /* attributes */
    VEC(Str) synonyms;
} Item;

/* 参数, and every limit: the owner of a PARAMETER symbol. */
typedef struct Parameter {
    Symbol symbol;
    const Basis *basis[FRAME_STAGES_MAX]; /* by stage: an overlay may have changed one of them */
} Parameter;

/* 例外: a dated exception for one indicator. */
typedef struct Exception {
    Str name;
    Formula *condition; /* ROW bool */
    Formula *formula;   /* replaces the indicator's formula; NULL if is_exempt */
    bool is_exempt;     /* 豁免: counts as met, shown with its reason */
    Validity validity;
    Str reason;
    Basis basis;
} Exception;

/* 指标 */
typedef struct Indicator {
    Symbol symbol; /* FORMULA; owner = this */
    Str code, name, unit_text;
    int decimals;             /* for text output */
    bool is_upper_limit;      /* 方向: 不高于 */
    const Symbol *limit;      /* X.限值, PARAMETER; NULL if the standard sets none */
    const Symbol *floor;      /* X.底线; NULL if none */
    const Symbol *met;        /* X.达标: bool ROW; NULL without limit */
    const Symbol *near_floor; /* X.达底线: bool ROW; NULL without floor */
    const Symbol *exempt;     /* X.豁免: bool ROW; NULL without exempting exceptions */
    const Symbol *mean;       /* X.均值: REGION */
    const Symbol *std;        /* X.标准差: REGION */
    const Symbol *cv;         /* X.差异系数: REGION */
    const Symbol *cv_limit;   /* X.差异系数限值; NULL if none */
    const Symbol *cv_met;     /* X.差异系数达标: bool REGION; NULL if none */
    const Item *lever;        /* 补齐: the item that is raised to close a gap; NULL if none */
    VEC(Exception *)
    exceptions; /* those in force at the date of the standard's edition, already part of the formula */
    Basis basis;
} Indicator;

/* 范围: school-stages for which `condition` is true are out of scope (na) for `reason`. */
typedef struct ScopeRule {
    Formula *condition; /* ROW bool */
    Str reason;
    Basis basis;
} ScopeRule;

/* 项: what a gate is made of. Where its value comes from, and what makes it met. */
typedef enum GateItemKind {
    GATE_ITEM_MISSING,  /* 暂缺 alone: not judged by this pack */
    GATE_ITEM_FIGURE,   /* 公式 over county items, against 限值 (if the pack has one) */
    GATE_ITEM_COUNTY,   /* 县级: a condition over county items */
    GATE_ITEM_EVIDENCE, /* 凭证: a yes/no county item says 是 */
    GATE_ITEM_STAGE,    /* 逐段: a condition over the schools of each stage */
    GATE_ITEM_SCHOOL,   /* 逐校: a condition that every school in scope must meet */
} GateItemKind;

typedef struct GateItem {
    Str code, name, unit_text;
    GateItemKind kind;
    size_t number;        /* among all items of the standard */
    Formula *formula;     /* FIGURE: number; COUNTY, EVIDENCE: bool; SCHOOL: ROW bool */
    const Symbol *symbol; /* what `formula` gives, by the item's code */
    const Symbol *limit;  /* FIGURE: PARAMETER; NULL: the pack sets none */
    const Symbol *met;    /* bool over county items; NULL: FIGURE without limit, or of schools */
    Formula *per_stage;   /* REGION bool: STAGE, SCHOOL (all schools in scope) */
    Formula *condition;   /* 条件: bool over county items; false: not applicable; NULL: always */
    bool is_upper_limit;  /* 方向: 不高于 */
    int decimals;         /* for text output */
    const Item *lever;    /* 补齐: the county item that is raised; NULL: none */
    Str missing_reason;   /* 暂缺 */
    Basis basis;
} GateItem;

/* 门 */
typedef struct Gate {
    Str code, name;
    Formula *per_stage; /* REGION bool, judged per stage, then AND; NULL: by items, or not at all */
    VEC(GateItem *) items; /* the gate is their AND */
    Str missing_reason;    /* 暂缺: why there is no formula */
    Basis basis;
    bool is_resource; /* 学段门: the stage's own verdict */
} Gate;

/* 测试: a worked example beside the rule. Whoever can read tables runs it (app/packs.h). */
typedef struct PackExpect {
    Str object;      /* school or region code, and a stage after a blank */
    Formula formula; /* not parsed yet */
    Str value;       /* a number to the digits written, or 是 否 未报 不适用 无意义 */
    const ErrPlace *place;
} PackExpect;
typedef struct PackTest {
    Str name, period, source;
    Str table, county_table; /* one of them may be empty */
    const ErrPlace *place;
    VEC(PackExpect) expects;
} PackTest;

/* 复查: a county is looked at again so many years after a date that it reports. */
typedef struct Review {
    const Item *since; /* NULL: the standard has no such rule */
    int years;
    Basis basis;
} Review;

/* 批次 */
typedef struct BatchRule {
    bool
        is_veto; /* 一票否决: a prefecture fails with one of its counties; false: it has no verdict */
    Basis basis;
} BatchRule;

/* What an overlay says of itself. */
typedef struct OverlayHead {
    Str id;
    Validity validity;
    Basis basis;
} OverlayHead;

typedef struct Standard {
    Str id, name, version,
        digest;  /* of the last overlay; digest: SM3 over all files it was made from */
    Str base_id; /* of the standard below the overlays */
    Str file;
    Basis basis;
    Validity validity;
    Date date;                 /* the day for which parameters and exceptions were chosen */
    VEC(OverlayHead) overlays; /* those applied, in order */
    VEC(size_t) stages;        /* judged: indexes into the core's stages */
    Scope
        *scope; /* names and slots of this standard; a Frame for it has scope->slots.len columns */
    const Item *weight; /* 权数: 在校生数 */
    VEC(ScopeRule *) scope_rules;
    Formula *in_scope; /* ROW bool made from the rules: not (r1 or r2 …), three-valued */
    VEC(Parameter *)
    parameters; /* 参数, in the order of the file; limits stand in their indicators */
    VEC(Indicator *) indicators;
    Formula *school_met; /* 学校达标: ROW bool; NULL if the pack cannot judge schools */
    Str school_missing_reason;
    Basis school_basis;
    const Symbol *composite;       /* 综合差异系数: REGION; NULL if none */
    const Symbol *composite_limit; /* by stage; NULL: informative */
    const Symbol *composite_met;   /* bool REGION; NULL without a limit */
    Basis composite_basis;
    VEC(Gate *) gates;
    size_t gate_item_count; /* over all gates */
    Scope *
        county_scope; /* names and slots of county formulas: county items, 参数, the gates' items */
    Review review;
    BatchRule batch;
    VEC(PackTest *) tests; /* of the last overlay, or of the standard if there is none */
} Standard;

/* packs/core: what all standards share. */
typedef struct Core {
    Str dir;
    VEC(Stage) stages;
    UnitTable units;
    VEC(CodeList *) code_lists;
    Map items; /* name, code and synonyms (folded) -> Item * */
    VEC(Item *) item_list;
    CodeList *
        regions; /* 6-digit divisions: code, name (甘州区), note (甘肃省张掖市甘州区), parent; found by code only */
    Map region_paths; /* private: see core_region_find */
    const CodeList *school_types;
    Map headings; /* synonyms of the key columns of flat tables (folded) -> Str *, the column's name */
    Map unused_headings, group_headings,
        plain_headings; /* folded words; see packs/core/headings.yaml */
    Str digest;
} Core;

/* One changed node, for `pack diff`. */
typedef struct PackChange {
    Str node, old_text, new_text, overlay;
    Basis basis;
} PackChange;

typedef struct PackInfo {
    Str id, kind /* 核心 标准 覆盖 */, name, version, path;
    Str base; /* overlays: the standard they change */
    Validity validity;
    Basis basis;
    bool is_broken; /* cannot even be read: why is in the Err */
} PackInfo;

/*
 * Every pack under dir, from the nation down and by path, read just far enough to list it. True also if some of them
 * are broken; false if the folder cannot be read.
 */
MUST_USE bool pack_list(Arena *arena, const char *dir, PackInfo **ret, size_t *ret_count, Err *err);

/* packs/core under dir. */
MUST_USE bool pack_load_core(Arena *arena, const char *dir, Core **ret, Err *err);

typedef struct StandardRequest {
    const char *dir;    /* the packs folder */
    Str id;             /* youzhi-2017, or an overlay's id, or a path to a pack file */
    Date date;          /* chooses parameters and exceptions in force; must lie in the validity */
    bool is_any_day;    /* do not refuse a date outside the validity: to show or compare packs */
    const Str *overlay; /* further overlays by id or path, applied in order */
    size_t overlay_count;
} StandardRequest;

/*
 * Loads, overlays, checks. All errors of all files at once. ret_changes may be NULL.
 */
MUST_USE bool pack_load_standard(Arena *arena, const Core *core, const StandardRequest *request,
                                 Standard **ret, PackChange **ret_changes, size_t *ret_change_count,
                                 Err *err);

/* A division as it was on some day, parents first. */
typedef struct CoreRegion {
    Str code, name;
    size_t parent; /* place in the list + 1; 0: a province */
} CoreRegion;

/*
 * The same core with other divisions: those of a day, as the database knows them. NULL if a division is
 * not one level below its parent, or has no 6-digit code.
 */
const Core *core_with_regions(Arena *arena, const Core *core, const CoreRegion *region,
                              size_t count);

/*
 * The region of a cell: a 6-digit code, or a path such as 甘肃省张掖市甘州区, 张掖市甘州区 or 甘州区. NULL if
 * there is none, or if several are called so (*ret_is_shared).
 */
const Code *core_region_find(const Core *core, Str cell, bool *ret_is_shared);

#endif
