#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "assert_text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

typedef struct Folder {
    Arena arena;
    char *path; /* of the temporary folder */
    char *file; /* a name in it */
    Err err;
} Folder;

static int set_up(void **state)
{
    static Folder folder;
    arena_init(&folder.arena);
    err_init(&folder.err);
    const char *base = getenv("TMPDIR");
    Str path = str_format(&folder.arena, "%s/junheng-XXXXXX", base ? base : "/tmp");
    folder.path = str_cstr(&folder.arena, path);
    if (!mkdtemp(folder.path))
        return -1;
    folder.file = str_cstr(&folder.arena, str_format(&folder.arena, "%s/表.csv", folder.path));
    *state = &folder;
    return 0;
}

static int tear_down(void **state)
{
    Folder *folder = *state;
    (void)unlink(folder->file);
    (void)rmdir(folder->path);
    err_done(&folder->err);
    arena_done(&folder->arena);
    return 0;
}

static void write_file(const Folder *folder, size_t size)
{
    FILE *file = fopen(folder->file, "wb");
    assert_non_null(file);
    for (size_t i = 0; i < size; i++)
        assert_int_not_equal(fputc((int)(i * 31 % 251), file), EOF);
    assert_int_equal(fclose(file), 0);
}

static void check_fails(Folder *folder, const char *path, size_t max_bytes, ErrCode code)
{
    Str bytes = STR("untouched");
    assert_false(file_read(&folder->arena, path, max_bytes, &bytes, &folder->err));
    assert_int_equal(folder->err.count, 1);
    assert_int_equal(folder->err.first->code, code);
    assert_text(bytes, "untouched");
}

static void all_bytes_are_read_aligned_and_with_zeros_behind(void **state)
{
    Folder *folder = *state;
    static const size_t sizes[] = {0, 1, 63, 64, 65, 4096, 70001, 3000001};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        write_file(folder, sizes[i]);
        Str bytes;
        assert_true(file_read(&folder->arena, folder->file, sizes[i], &bytes, &folder->err));
        assert_int_equal(bytes.len, sizes[i]);
        assert_int_equal((uintptr_t)bytes.ptr % 64, 0);
        for (size_t k = 0; k < bytes.len; k++)
            assert_int_equal((unsigned char)bytes.ptr[k], k * 31 % 251);
        for (size_t k = 0; k < FILE_SLACK; k++)
            assert_int_equal(bytes.ptr[bytes.len + k], 0);
    }
}

static void a_file_beyond_the_limit_is_refused_with_both_sizes(void **state)
{
    Folder *folder = *state;
    write_file(folder, 1001);
    check_fails(folder, folder->file, 1000, ERR_FILE_TOO_LARGE);
    Str message = err_message(&folder->arena, folder->err.first, LANG_EN);
    assert_true(str_contains(message, STR("1001")));
    assert_true(str_contains(message, STR("limit of 1000")));
    assert_int_equal(err_exit_status(&folder->err), 1);
}

static void a_missing_file_is_told_in_both_languages(void **state)
{
    Folder *folder = *state;
    check_fails(folder, folder->file, 1000, ERR_FILE_OPEN);
    Str zh = err_message(&folder->arena, folder->err.first, LANG_ZH);
    Str en = err_message(&folder->arena, folder->err.first, LANG_EN);
    assert_true(str_ends_with(zh, STR("：没有这个文件")));
    assert_true(str_contains(zh, str_from(folder->file)));
    assert_true(str_ends_with(en, STR(": No such file or directory")));
    assert_int_equal(err_exit_status(&folder->err), 3);
}

static void a_folder_is_no_file(void **state)
{
    Folder *folder = *state;
    check_fails(folder, folder->path, 1000, ERR_FILE_OPEN);
    Str zh = err_message(&folder->arena, folder->err.first, LANG_ZH);
    assert_true(str_ends_with(zh, STR("：这是文件夹")));
}

static void a_pipe_without_a_writer_does_not_block(void **state)
{
    Folder *folder = *state;
    assert_int_equal(mkfifo(folder->file, 0600), 0);
    check_fails(folder, folder->file, 1000, ERR_FILE_OPEN);
}

static void a_device_is_no_file(void **state)
{
    check_fails(*state, "/dev/zero", 1000, ERR_FILE_OPEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void bytes_written_are_read_again(void **state)
{
    Folder *folder = *state;
    Str want = str_format(&folder->arena, "%0300000d", 7), got;
    int fd = open(folder->file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(file_write(fd, want), 0);
    assert_int_equal(file_write(fd, STR("")), 0);
    assert_int_equal(close(fd), 0);
    assert_true(file_read(&folder->arena, folder->file, want.len, &got, &folder->err));
    assert_true(str_equals(got, want));
}

static void a_folder_is_made_once(void **state)
{
    Folder *folder = *state;
    const char *made = str_cstr(&folder->arena, str_format(&folder->arena, "%s/表", folder->path));
    assert_true(file_make_folder(made, &folder->err));
    assert_true(file_make_folder(made, &folder->err));
    assert_int_equal(rmdir(made), 0);
    write_file(folder, 1);
    assert_false(file_make_folder(folder->file, &folder->err));
    assert_int_equal(folder->err.first->code, ERR_FILE_WRITE);
    assert_false(file_make_folder("/nowhere/near", &folder->err));
    assert_int_equal(folder->err.count, 2);
}

static void what_stops_a_writing_is_told(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC), pipe_fd[2];
    assert_true(full >= 0);
    assert_int_equal(file_write(full, STR("x")), ENOSPC);
    assert_int_equal(close(full), 0);
    assert_int_equal(file_write(full, STR("x")), EBADF);
    assert_int_equal(pipe(pipe_fd), 0);
    assert_int_equal(close(pipe_fd[0]), 0);
    assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    assert_int_equal(file_write(pipe_fd[1], STR("x")), EPIPE);
    assert_int_equal(close(pipe_fd[1]), 0);
    assert_text(file_reason(ENOSPC, LANG_ZH), "磁盘满了");
    assert_text(file_reason(ENOSPC, LANG_EN), "No space left on device");
    assert_text(file_reason(EDOM, LANG_ZH), "Numerical argument out of domain");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_bytes_are_read_aligned_and_with_zeros_behind),
        TEST(a_file_beyond_the_limit_is_refused_with_both_sizes),
        TEST(a_missing_file_is_told_in_both_languages),
        TEST(a_folder_is_no_file),
        TEST(a_pipe_without_a_writer_does_not_block),
        TEST(a_device_is_no_file),
        TEST(bytes_written_are_read_again),
        TEST(a_folder_is_made_once),
        TEST(what_stops_a_writing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
