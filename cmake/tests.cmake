# Tests that ctest runs. Each starts in the root of the tree with JUNHENG_SOURCE naming it.
#   tests/unit/test_<module>_<file>.c   with the module and what lies below it
#   tests/outside/test_<module>_*.c     the same, needing the data of JUNHENG_SHARED: label "outside"
#   tests/fuzz/fuzz_<name>.c            over tests/fuzz/corpus/<name>, by tests/fuzz/main.c
#   tests/scripts/*.sh                  JUNHENG names the program; builds_*.sh: see ./test
#   tests/outside/*.sh                  the same with label "outside"

pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)
pkg_check_modules(xlsxwriter REQUIRED IMPORTED_TARGET xlsxwriter)
enable_testing()

# The libraries of the modules that a source includes, itself or through a file beside it, in ret.
function(libraries_of source ret)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    get_filename_component(folder ${source} DIRECTORY)
    file(STRINGS ${source} rows REGEX "^#include \"")
    set(libraries)
    foreach(row ${rows})
        string(REGEX REPLACE "^#include \"([^\"]*)\".*" "\\1" header "${row}")
        string(REGEX REPLACE "/.*" "" module "${header}")
        if(module IN_LIST JH_MODULES)
            list(APPEND libraries jh_${module})
        elseif(EXISTS ${folder}/${header})
            libraries_of(${folder}/${header} more)
            list(APPEND libraries ${more})
        endif()
    endforeach()
    list(REMOVE_DUPLICATES libraries)
    set(${ret} ${libraries} PARENT_SCOPE)
endfunction()

function(register name)
    set_tests_properties(${name} PROPERTIES
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
        TIMEOUT 600
        ENVIRONMENT "JUNHENG_SOURCE=${CMAKE_SOURCE_DIR};JUNHENG=${CMAKE_BINARY_DIR}/junheng;\
JUNHENG_TEST_POSTGRES=${CMAKE_BINARY_DIR}/tests/postgres;\
ASAN_OPTIONS=abort_on_error=1:detect_stack_use_after_return=1;UBSAN_OPTIONS=print_stacktrace=1")
endfunction()

file(GLOB sources CONFIGURE_DEPENDS tests/unit/test_*.c tests/outside/test_*.c)
foreach(source ${sources})
    get_filename_component(name ${source} NAME_WE)
    get_filename_component(folder ${source} DIRECTORY)
    get_filename_component(folder ${folder} NAME)
    string(REGEX REPLACE "^test_([a-z]+)_?.*" "\\1" module ${name})
    if(NOT module IN_LIST JH_MODULES)
        message(FATAL_ERROR "${source}: no module '${module}'; name it test_<module>_<file>.c")
    endif()
    add_executable(${name} ${source})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_include_directories(${name} PRIVATE tests/unit)
    target_link_libraries(${name} PRIVATE jh_${module} PkgConfig::cmocka PkgConfig::xlsxwriter
                                          PkgConfig::libzip)
    if(CMAKE_BUILD_TYPE STREQUAL "Fuzz")
        target_link_options(${name} PRIVATE -fsanitize=address)
    endif()
    add_test(NAME ${name} COMMAND ${name})
    register(${name})
    if(folder STREQUAL "outside")
        set_tests_properties(${name} PROPERTIES LABELS outside)
    endif()
    file(STRINGS ${source} stores REGEX "#include \"(store|import|world)_fixture.h\"")
    if(stores)
        set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED postgres)
    endif()
endforeach()

# A PostgreSQL for the tests that ask for it.
foreach(action start stop)
    add_test(NAME postgres_${action}
        COMMAND tests/postgres.sh ${action} ${CMAKE_BINARY_DIR}/tests/postgres)
    register(postgres_${action})
endforeach()
set_tests_properties(postgres_start PROPERTIES FIXTURES_SETUP postgres)
set_tests_properties(postgres_stop PROPERTIES FIXTURES_CLEANUP postgres)

file(GLOB sources CONFIGURE_DEPENDS tests/fuzz/fuzz_*.c)
foreach(source ${sources})
    get_filename_component(target ${source} NAME_WE)
    string(REGEX REPLACE "^fuzz_" "" name ${target})
    libraries_of(${source} libraries)
    add_executable(${target} ${source})
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
    target_link_libraries(${target} PRIVATE ${libraries})
    if(CMAKE_BUILD_TYPE STREQUAL "Fuzz")
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    else()
        target_sources(${target} PRIVATE tests/fuzz/main.c)
        add_test(NAME ${target} COMMAND ${target} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
        register(${target})
    endif()
endforeach()

if(TARGET junheng)
    file(GLOB scripts CONFIGURE_DEPENDS tests/scripts/*.sh tests/outside/*.sh)
    foreach(script ${scripts})
        get_filename_component(name ${script} NAME_WE)
        get_filename_component(folder ${script} DIRECTORY)
        get_filename_component(folder ${folder} NAME)
        if(folder STREQUAL "scripts" AND name MATCHES "^builds_")
            continue()
        endif()
        add_test(NAME ${folder}_${name} COMMAND bash ${script})
        register(${folder}_${name})
        if(folder STREQUAL "outside")
            set_tests_properties(${folder}_${name} PROPERTIES LABELS outside)
        endif()
    endforeach()
endif()
