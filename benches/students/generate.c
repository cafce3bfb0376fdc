/*
 * Makes a nation's list of pupils as CSV: students_generate ROWS SEED. A row is a pupil: school code,
 * stage, class, name and sex. The pupils of a school stand together in no order of classes, and one pupil in
 * fifty stands elsewhere, up to a hundred thousand rows away. The same ROWS and SEED give the same bytes.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STRAYS = 100000, STRAY_SHARE = 50, CLASSES_MAX = 8, GRADES = 9, SCHOOL_MAX = 8000 };

typedef struct Pupil {
    uint64_t school;
    unsigned char grade; /* from 0; six are primary */
    unsigned char class_number;
} Pupil;

static uint64_t state;
static Pupil *strays;
static size_t stray_count, left;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) * below >> 31);
}

static const char *const GRADE_NAMES[GRADES] = {"一", "二", "三", "四", "五",
                                                "六", "七", "八", "九"};
static const char *const FAMILY[] = {"王", "李", "张", "刘",     "陈",   "杨",   "赵", "黄",
                                     "周", "吴", "马", "买买提", "阿依", "欧阳", "孙", "朱"};
static const char *const GIVEN[] = {"伟", "芳", "娜", "敏", "静", "丽", "强", "磊",
                                    "军", "洋", "勇", "艳", "杰", "涛", "明", "超"};
enum { NAMES = 16 };

static void print(const Pupil *pupil)
{
    const char *second = draw(3) ? GIVEN[draw(NAMES)] : "";
    printf("%llu,%s,%s年级(%d)班,%s%s%s,%s\n", (unsigned long long)pupil->school,
           pupil->grade < 6 ? "小学" : "初中", GRADE_NAMES[pupil->grade], pupil->class_number + 1,
           FAMILY[draw(NAMES)], GIVEN[draw(NAMES)], second, draw(2) ? "男" : "女");
}

static void emit(Pupil pupil)
{
    if (stray_count < STRAYS ? left > STRAYS * 2 && draw(4) == 0 : false) {
        strays[stray_count++] = pupil;
        return;
    }
    if (stray_count > 0 && draw(STRAY_SHARE) == 0) {
        size_t at = draw((uint32_t)stray_count);
        Pupil stray = strays[at];
        strays[at] = pupil;
        pupil = stray;
    }
    print(&pupil);
}

/* The pupils of one school, shuffled. */
static size_t make_school(uint64_t code, Pupil *pupils)
{
    int kind = (int)draw(10), first = kind < 6 ? 0 : kind < 9 ? 6 : 0, end = kind < 6 ? 6 : 9;
    int classes = 1 + (int)draw(CLASSES_MAX);
    size_t count = 0;
    for (int grade = first; grade < end; grade++)
        for (int number = 0; number < classes; number++)
            for (uint32_t size = 20 + draw(36); size > 0 && count < SCHOOL_MAX; size--)
                pupils[count++] = (Pupil){code, (unsigned char)grade, (unsigned char)number};
    for (size_t i = count; i > 1; i--) {
        size_t other = draw((uint32_t)i);
        Pupil swap = pupils[i - 1];
        pupils[i - 1] = pupils[other];
        pupils[other] = swap;
    }
    return count;
}

int main(int argc, char **argv)
{
    static Pupil pupils[SCHOOL_MAX];
    if (argc != 3) {
        fputs("students_generate ROWS SEED\n", stderr);
        return 2;
    }
    left = strtoull(argv[1], NULL, 10);
    state = strtoull(argv[2], NULL, 10);
    strays = calloc(STRAYS, sizeof *strays);
    if (strays == NULL)
        return 3;
    puts("学校代码,学段,班级,姓名,性别");
    for (uint64_t code = 2100000001; left > 0; code += 1 + draw(3)) {
        size_t count = make_school(code, pupils);
        for (size_t i = 0; i < count && left > 0; i++, left--)
            emit(pupils[i]);
    }
    while (stray_count > 0)
        print(&strays[--stray_count]);
    return ferror(stdout) ? 3 : 0;
}
