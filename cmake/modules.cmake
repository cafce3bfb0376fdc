# One static library jh_<module> for each folder of src/, linked to what src/LAYERS lets it include.
# A module without sources is an empty interface, so that the others can already name it.

# What a module needs from outside.
set(LIBRARIES_base PkgConfig::libcrypto m)
set(LIBRARIES_col m)
set(LIBRARIES_calc PkgConfig::gmp m)
set(LIBRARIES_sheet PkgConfig::expat PkgConfig::libzip)
set(LIBRARIES_pack PkgConfig::libfyaml)

# JH_MODULES: the modules in the order of src/LAYERS. BELOW_<module>: what each may include.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/LAYERS)
file(STRINGS src/LAYERS rows REGEX "^[a-z]+ *:")
foreach(row ${rows})
    string(REGEX MATCH "^([a-z]+) *:(.*)$" _ "${row}")
    set(module ${CMAKE_MATCH_1})
    string(REGEX MATCHALL "[a-z]+" BELOW_${module} "${CMAKE_MATCH_2}")
    list(APPEND JH_MODULES ${module})
endforeach()
list(REMOVE_ITEM JH_MODULES main)

file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true RELATIVE ${CMAKE_SOURCE_DIR}/src src/*)
foreach(folder ${folders})
    if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/src/${folder} AND NOT folder IN_LIST JH_MODULES)
        message(FATAL_ERROR "src/${folder} has no line in src/LAYERS")
    endif()
endforeach()

foreach(module ${JH_MODULES})
    set(below ${BELOW_${module}})
    list(TRANSFORM below PREPEND jh_)
    file(GLOB sources CONFIGURE_DEPENDS src/${module}/*.c)
    if(module STREQUAL "col")
        list(REMOVE_ITEM sources ${CMAKE_SOURCE_DIR}/src/col/kernels.c)
    endif()
    if(sources)
        add_library(jh_${module} STATIC ${sources})
        target_include_directories(jh_${module} PUBLIC src)
        target_compile_options(jh_${module} PRIVATE ${BANNED_OPTIONS})
        target_link_libraries(jh_${module} PUBLIC ${below} ${LIBRARIES_${module}})
    else()
        add_library(jh_${module} INTERFACE)
        target_include_directories(jh_${module} INTERFACE src)
        target_link_libraries(jh_${module} INTERFACE ${below} ${LIBRARIES_${module}})
    endif()
endforeach()

# kernels.c is compiled once for each instruction set; kernel_set.c chooses at run time.
if(EXISTS ${CMAKE_SOURCE_DIR}/src/col/kernels.c)
    set(isas base)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
        list(APPEND isas v3 v4)
        target_compile_definitions(jh_col PRIVATE JH_KERNELS_X86)
    endif()
    foreach(isa ${isas})
        add_library(kernels_${isa} OBJECT src/col/kernels.c)
        target_include_directories(kernels_${isa} PRIVATE src)
        target_compile_definitions(kernels_${isa} PRIVATE KERNEL_ISA=${isa})
        target_compile_options(kernels_${isa} PRIVATE ${BANNED_OPTIONS} ${HOT_LOOP_OPTIONS})
        if(NOT isa STREQUAL "base")
            # The stack that gcc 12's sanitizer keeps for use after return is not aligned for 64-byte
            # moves (gcc bug 110027): on a machine that runs v4, every kernel would crash.
            target_compile_options(kernels_${isa} PRIVATE -march=x86-64-${isa}
                $<$<AND:$<CONFIG:Debug>,$<C_COMPILER_ID:GNU>>:--param=asan-use-after-return=0>)
        endif()
        target_sources(jh_col PRIVATE $<TARGET_OBJECTS:kernels_${isa}>)
    endforeach()
endif()
set_source_files_properties(src/sheet/csv.c PROPERTIES COMPILE_OPTIONS "${HOT_LOOP_OPTIONS}")
