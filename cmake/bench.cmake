# The engines of ./bench that are written in C: benches/README.md. Not part of any test.

set(folder ${CMAKE_SOURCE_DIR}/benches)
add_library(bench_harness STATIC ${folder}/harness.c)
target_link_libraries(bench_harness PUBLIC m)

function(add_engine name)
    list(TRANSFORM ARGN PREPEND ${folder}/)
    add_executable(bench_${name} ${ARGN})
    set_target_properties(bench_${name} PROPERTIES OUTPUT_NAME ${name}
                          RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/engines)
    target_link_libraries(bench_${name} PRIVATE bench_harness)
endfunction()

add_engine(generate generate.c)
add_engine(reference reference.c)
add_engine(junheng junheng.c rows.c)
target_link_libraries(bench_junheng PRIVATE jh_app)

# limit has the flags of src/sheet/csv.c and src/col/kernels.c, and the instruction set that
# src/col/kernel_set.c chooses on this machine.
include(CheckCSourceRuns)
check_c_source_runs("int main(void) { return !__builtin_cpu_supports(\"avx512dq\"); }" JH_RUNS_V4)
check_c_source_runs("int main(void) { return !__builtin_cpu_supports(\"avx2\"); }" JH_RUNS_V3)
if(JH_RUNS_V4)
    set(instructions -march=x86-64-v4)
elseif(JH_RUNS_V3)
    set(instructions -march=x86-64-v3)
endif()
find_package(Threads REQUIRED)
add_engine(limit limit.c limit_load.c limit_judge.c)
target_link_libraries(bench_limit PRIVATE Threads::Threads)
set_source_files_properties(${folder}/limit_load.c PROPERTIES
                            COMPILE_OPTIONS "${HOT_LOOP_OPTIONS}")
set_source_files_properties(${folder}/limit_judge.c PROPERTIES
                            COMPILE_OPTIONS "${HOT_LOOP_OPTIONS};${instructions}")

# The lists of pupils: ./bench students.
add_engine(students_generate students/generate.c)
add_engine(students_limit students/limit.c)
add_engine(students_junheng students/junheng.c)
target_link_libraries(bench_students_junheng PRIVATE jh_app)
foreach(engine students_generate students_limit students_junheng)
    target_include_directories(bench_${engine} PRIVATE ${folder})
endforeach()
set_source_files_properties(${folder}/students/limit.c PROPERTIES
                            COMPILE_OPTIONS "${HOT_LOOP_OPTIONS};${instructions}")

# The databases, where their libraries are installed.
pkg_check_modules(sqlite3 IMPORTED_TARGET sqlite3)
if(sqlite3_FOUND)
    add_engine(sqlite sqlite.c sql.c)
    target_link_libraries(bench_sqlite PRIVATE PkgConfig::sqlite3)
    add_engine(sqlite_stored sqlite_stored.c sql.c)
    target_link_libraries(bench_sqlite_stored PRIVATE PkgConfig::sqlite3)
endif()
pkg_check_modules(libpq IMPORTED_TARGET libpq)
if(libpq_FOUND)
    add_engine(postgres postgres.c sql.c)
    target_link_libraries(bench_postgres PRIVATE PkgConfig::libpq)
    add_engine(postgres_stored postgres_stored.c sql.c)
    target_link_libraries(bench_postgres_stored PRIVATE PkgConfig::libpq)
    add_engine(stored stored.c rows.c)
    target_link_libraries(bench_stored PRIVATE jh_app PkgConfig::libpq)
endif()

# All of them.
add_custom_target(bench_engines)
foreach(engine generate reference junheng limit sqlite postgres stored sqlite_stored
        postgres_stored students_generate students_limit students_junheng)
    if(TARGET bench_${engine})
        add_dependencies(bench_engines bench_${engine})
    endif()
endforeach()
