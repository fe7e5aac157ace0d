# crm_embed_sql(TARGET DIR NAMESPACE)
#   Compiles every DIR/NNNN_name.sql into TARGET, in order of number, and writes the header
#   "<path of DIR below the repository>/migrations.h", which declares, in the C++ namespace
#   NAMESPACE (for example crm::lead):
#     absl::Span<const crm::pg::Migration> Migrations();
#   crm::pg::Migration{int number; std::string name; std::string sql;} is in common/pg/migrator.h.
#   Use: #include "services/lead/store/migrations/migrations.h"

set(CRM_EMBED_SQL_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_sql.py)

function(crm_embed_sql target dir namespace)
  get_target_property(imported ${target} IMPORTED)
  if(imported)
    return()
  endif()
  cmake_path(ABSOLUTE_PATH dir BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR} ${dir})
  file(GLOB files CONFIGURE_DEPENDS ${dir}/[0-9]*.sql)
  set(out ${CMAKE_BINARY_DIR}/gen/${relative})
  add_custom_command(
    OUTPUT ${out}/migrations.cc ${out}/migrations.h
    COMMAND Python3::Interpreter ${CRM_EMBED_SQL_SCRIPT} ${namespace} ${relative} ${out} ${files}
    DEPENDS ${files} ${CRM_EMBED_SQL_SCRIPT}
    COMMENT "embedding ${relative}/*.sql"
    VERBATIM)
  add_custom_target(${target}_code DEPENDS ${out}/migrations.cc ${out}/migrations.h)
  add_dependencies(crm_generated ${target}_code)
  target_sources(${target} PRIVATE ${out}/migrations.cc ${out}/migrations.h)
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR}/gen)
endfunction()
